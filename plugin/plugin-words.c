/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The core's errors in the artist's language: see plugin-words.h.
 */
#include "plugin-words.h"

#include <errno.h>
#include <glib/gi18n-lib.h>

/* Bytes that hold any error in any language. */
#define LINE (6 * ADM_ERROR_ROOM)

/* Translators: %1, %2 … stand for names and figures; they may stand in any order, and each must
 * stand in the translation. */
static const char *const sentences[ADM_CODES] = {
  [ADM_CODE_TEXT] = "%1",
  [ADM_CODE_FILE_OPEN] = N_ ("“%1” could not be opened: %2."),
  [ADM_CODE_FILE_READ] = N_ ("“%1” could not be read: %2."),
  [ADM_CODE_FILE_WRITE] = N_ ("“%1” could not be written: %2."),
  [ADM_CODE_OPENBLAS_MISSING]
  = N_ ("OpenBLAS could not be loaded. Install the package libopenblas0-pthread."),
  [ADM_CODE_OPENBLAS_SERIAL] = N_ ("The OpenBLAS of this system is a serial one, which several "
                                   "threads cannot use. Install the package libopenblas0-pthread."),
  [ADM_CODE_VALUE_OUTSIDE] = N_ ("%1: %2 is not possible. Choose %3 to %4."),
  [ADM_CODE_THREAD_START] = N_ ("Thread %1 of %2 could not be started (%3). Close other programs."),
  [ADM_CODE_NO_MEMORY] = N_ ("There is not enough memory: %1. Close other programs."),
  [ADM_CODE_NO_MEMORY_THREADS]
  = N_ ("There is not enough memory for %1 threads. Close other programs."),
  [ADM_CODE_NO_MEMORY_MIB] = N_ ("There is not enough memory: %1 MiB are needed to work in. Close "
                                 "other programs, or choose a smaller model."),
  [ADM_CODE_NO_MEMORY_PICTURES]
  = N_ ("There is not enough memory for %1 pictures. Ask for fewer, or close other programs."),
  [ADM_CODE_NO_MEMORY_SIDES] = N_ ("There is not enough memory for a picture of %1 × %2 pixels. "
                                   "Make it smaller, or close other programs."),
  [ADM_CODE_NO_MEMORY_READ] = N_ ("There is not enough memory to read “%1”. Close other programs."),
  [ADM_CODE_NO_MEMORY_WRITE]
  = N_ ("There is not enough memory to write “%1”. Close other programs."),
  [ADM_CODE_STOPPED] = N_ ("Cancelled."),
  [ADM_CODE_STOPPED_AT] = N_ ("Cancelled at step %1 of %2."),
  [ADM_CODE_STOPPED_LOADING] = N_ ("Reading “%1” was cancelled."),
  [ADM_CODE_STOPPED_WRITING] = N_ ("Writing “%1” was cancelled."),
  [ADM_CODE_FILE_KIND] = N_ ("“%1” is not a file. Choose a file."),
  [ADM_CODE_FILE_LOOK] = N_ ("“%1” could not be looked at: %2. Correct or remove it."),
  [ADM_CODE_FILE_SHORT] = N_ ("“%1” could not be read to its end. Use another copy."),
  [ADM_CODE_FILE_ENDS] = N_ ("“%1” ends too early, at byte %2. Download it again."),
  [ADM_CODE_FILE_CHANGED] = N_ ("“%1” changed while it was read. Try again."),
  [ADM_CODE_FILE_BROKEN] = N_ ("“%1” is damaged: %2. Download it again."),
  [ADM_CODE_FOLDER_READ] = N_ ("The folder “%1” could not be read: %2. Correct its permissions."),
  [ADM_CODE_NAME_ENCODING] = N_ ("The name of “%1” or of its folder is not UTF-8 text. Rename it."),
  [ADM_CODE_NPY_BROKEN] = N_ ("“%1” cannot be used: %2. Save it again with numpy.save."),
  [ADM_CODE_NPY_TYPE]
  = N_ ("“%1” does not hold little-endian numbers of 32 bits. Convert it with astype ('<f4')."),
  [ADM_CODE_NPY_ORDER] = N_ ("“%1” is in Fortran order. Save numpy.ascontiguousarray of it."),
  [ADM_CODE_NPY_VERSION]
  = N_ ("“%1” is of .npy version %2.%3, and only 1.0 can be read. Save it again with numpy.save."),
  [ADM_CODE_NPY_VALUE] = N_ ("“%1” holds NaN or infinity; number %2 is the first. Correct it."),
  [ADM_CODE_ARRAY_BROKEN] = N_ ("“%1” is damaged: its array %2 %3. Save it again."),
  [ADM_CODE_ARRAY_NUMBERS] = N_ ("In “%1”, the array %2 does not hold little-endian numbers. Save "
                                 "it as uint8, float32 or float64."),
  [ADM_CODE_ARRAY_VALUE] = N_ ("In “%1”, the array %2 holds NaN or infinity. Correct it."),
  [ADM_CODE_ARRAY_TYPE]
  = N_ ("In “%1”, the array %2 holds %3 instead of float32 or float64. Convert it."),
  [ADM_CODE_ARRAY_NAME]
  = N_ ("“%1” would hold too many arrays, or one with too long a name: %2. Write fewer."),
  [ADM_CODE_NPZ_COUNT]
  = N_ ("“%1” holds %2 arrays, where 1 to %3 are possible. Choose a file that numpy.savez wrote."),
  [ADM_CODE_NPZ_RECORD]
  = N_ ("“%1” cannot be used: its record %2 %3. Choose a file that numpy.savez wrote."),
  [ADM_CODE_NPZ_KEPT] = N_ ("What was kept for “%1” has been cut short. Check the disk."),
  [ADM_CODE_RECORD_NUMBER]
  = N_ ("“%1” is damaged: record %2 is broken. Download or save it again."),
  [ADM_CODE_RECORD_BROKEN]
  = N_ ("“%1” is damaged: a record is broken (%2). Download or save it again."),
  [ADM_CODE_RECORD_OPEN]
  = N_ ("“%1” is damaged: a record could not be opened (%2). Download or save it again."),
  [ADM_CODE_RECORD_READ]
  = N_ ("A record of “%1” could not be read: %2. Check the disk, or use another copy."),
  [ADM_CODE_RECORD_WORD] = N_ ("“%1” cannot be used: its record %2 %3. Download it again, or save "
                               "it again with torch.save."),
  [ADM_CODE_RECORD_SIZE] = N_ ("“%1” is damaged: its record data/%2 has %3 bytes where %4 elements "
                               "should be. Download it again."),
  [ADM_CODE_STORAGE_BROKEN] = N_ ("“%1” is damaged: its storage %2 %3. Download it again."),
  [ADM_CODE_STORAGES_MANY]
  = N_ ("“%1” names %2 storages, as no network's weights do. Choose another file."),
  [ADM_CODE_ZIP_FOREIGN]
  = N_ ("“%1” is a zip without torch's data.pkl (found: %2). Choose a model's weights."),
  [ADM_CODE_DIRECTORY_LARGE] = N_ ("The list of records of “%1” takes %2 bytes, as no network's "
                                   "weights do. Choose another file."),
  [ADM_CODE_PICKLE_REFUSED]
  = N_ ("“%1” is not plain weights and was refused: its pickle %2 (byte %3). Choose another file."),
  [ADM_CODE_PICKLE_ATTACK] = N_ ("“%1” was refused: its pickle asks for %2.%3, which only an "
                                 "attack needs. Do not open it with PyTorch either."),
  [ADM_CODE_HEADER_LENGTH]
  = N_ ("“%1” is damaged or cut short: its header would be %2 bytes long. Download it again."),
  [ADM_CODE_NOT_WEIGHTS] = N_ ("“%1” is not a network's weights: %2. Choose another file."),
  [ADM_CODE_NOT_SAVED]
  = N_ ("“%1” cannot be used: %2. Save the model's state_dict with torch.save."),
  [ADM_CODE_PYTHON_OBJECT]
  = N_ ("“%1” is a whole Python object (%2), not weights. Save the model's state_dict."),
  [ADM_CODE_OPTIMIZER] = N_ ("“%1” is an optimizer's state, not weights. Choose the model file "
                             "beside it (model*.pt or ema_*.pt)."),
  [ADM_CODE_TORCH_TAR]
  = N_ ("“%1” is in torch's oldest format (tar). Load it with PyTorch and save it again."),
  [ADM_CODE_LFS_POINTER] = N_ ("“%1” is only a Git LFS pointer; the real file was not downloaded. "
                               "Download it from the model's page."),
  [ADM_CODE_GGUF] = N_ ("“%1” is a GGUF file, with quantized weights for other programs. Choose "
                        "the safetensors or torch file."),
  [ADM_CODE_WEB_PAGE] = N_ ("“%1” is a web page, not weights. Download the file itself."),
  [ADM_CODE_TENSOR_BROKEN] = N_ ("“%1” is damaged: its tensor %2 %3. Download it again."),
  [ADM_CODE_TENSOR_STORAGE] = N_ ("“%1” is damaged: its tensor %2 reaches past the end of its "
                                  "storage (%3 elements). Download it again."),
  [ADM_CODE_TENSOR_STRIDE]
  = N_ ("The tensor %2 of “%1” has a negative stride. Save it again with torch.save."),
  [ADM_CODE_TENSOR_DTYPE]
  = N_ ("The tensor %2 of “%1” has the unknown type %3. Convert it to F32, F16 or BF16."),
  [ADM_CODE_TENSOR_CLASS] = N_ ("The weight %2 of “%1” is of the kind %3, which cannot be read. "
                                "Save the state_dict with plain tensors."),
  [ADM_CODE_TENSOR_FLOATS]
  = N_ ("The tensor %2 of “%1” does not hold floating-point numbers. Choose a model's weights."),
  [ADM_CODE_TENSOR_VALUE]
  = N_ ("“%1” is damaged: its tensor %2 holds NaN or infinity. Use another file."),
  [ADM_CODE_TENSOR_NAME] = N_ ("“%1” is damaged: the name of a tensor is empty, longer than %2 "
                               "bytes or holds a NUL. Download it again."),
  [ADM_CODE_TENSOR_HOLE] = N_ ("“%1” is damaged: tensors overlap or leave a hole at byte %2 of the "
                               "data. Download it again."),
  [ADM_CODE_TENSOR_LARGEST]
  = N_ ("There is not enough memory for the largest tensor of “%1”, %2 MiB. Close other programs."),
  [ADM_CODE_TENSOR_UNCOUNTED]
  = N_ ("The tensor %1 is too large to count. Check the description of its network."),
  [ADM_CODE_TENSORS_MANY]
  = N_ ("“%1” holds more than %2 tensors, as no network's weights do. Choose another file."),
  [ADM_CODE_TENSORS_REPEATED]
  = N_ ("Up to the tensor %2, the tensors of “%1” take more than twice the file's size: the same "
        "numbers again and again. Save them contiguous."),
  [ADM_CODE_NUMBER_LARGE]
  = N_ ("The tensor %1 holds a number too large for %2. Keep float32 or use bfloat16 for “%3”."),
  [ADM_CODE_PICTURE_KIND] = N_ ("“%1” is neither a PNG nor a JPEG picture. Choose one of these."),
  [ADM_CODE_PICTURE_BROKEN] = N_ ("“%1” is a damaged %2 picture (%3). Save it again."),
  [ADM_CODE_PICTURE_DISK]
  = N_ ("“%1” could not be read: the disk or its file system failed. Use another copy."),
  [ADM_CODE_PICTURE_MEMORY]
  = N_ ("There is not enough memory for the pixels of “%1”. Reduce the picture."),
  [ADM_CODE_PICTURE_SIDES] = N_ (
      "“%1” has %2 × %3 pixels; at most %4 a side and %5 in all are possible. Reduce the picture."),
  [ADM_CODE_PICTURE_BOMB] = N_ (
      "“%1” claims %2 × %3 pixels, too many for a file of %4 bytes. Save it again, or reduce it."),
  [ADM_CODE_JSON_BROKEN] = N_ ("“%1” is not valid JSON at byte %2 (%3). Correct it."),
  [ADM_CODE_JSON_OBJECT]
  = N_ ("“%1” is not a JSON object: it must start with { and hold keys. Correct it."),
  [ADM_CODE_JSON_DEEP] = N_ ("“%1” holds more than %2 values or is nested more than %3 deep, as no "
                             "description is. Correct it."),
  [ADM_CODE_JSON_LONG]
  = N_ ("“%1” is not a file of at most %2 bytes, as descriptions are. Remove it."),
  [ADM_CODE_KEY_MISSING] = N_ ("“%1” lacks the key “%2”. Add it."),
  [ADM_CODE_KEYS_OPEN] = N_ ("The description “%1” leaves open: %2. Add these keys."),
  [ADM_CODE_KEY_UNKNOWN] = N_ ("“%1”: no description has a key “%2”. Did you mean “%3”?"),
  [ADM_CODE_KEY_KIND] = N_ ("“%1”: the key “%2” must be %3. Correct it."),
  [ADM_CODE_KEY_NAME] = N_ ("“%1”: the key “%2” must be one of these: %3. Correct it."),
  [ADM_CODE_KEY_WHOLE]
  = N_ ("“%1”: the key “%2” must be a whole number from %3 to %4. Correct it."),
  [ADM_CODE_KEY_NUMBER] = N_ ("“%1”: the key “%2” must be a number from %3 to %4. Correct it."),
  [ADM_CODE_KEY_OUTSIDE] = N_ ("“%1”: the key “%2” is %3, and must be from %4 to %5. Correct it."),
  [ADM_CODE_KEY_IMPOSSIBLE] = N_ ("“%1”: the key “%2” cannot be %3. Correct it."),
  [ADM_CODE_KEY_FORMAT]
  = N_ ("“%1” is of the unknown format “%2”; this version reads “%3”. Correct it."),
  [ADM_CODE_KEY_LATENT] = N_ ("“%1” describes a network of latents, which needs an autoencoder, "
                              "and there is none here. Choose a network of pictures."),
  [ADM_CODE_KEY_PIXELS]
  = N_ ("“%1”: an upsampler is of colour pictures, so the key “pixels” must be left out."),
  [ADM_CODE_KEY_ODD] = N_ ("“%1”: the key “model_channels” is %2, an odd number. Correct it."),
  [ADM_CODE_KEY_HEADS] = N_ ("“%1”: the key “%2” is %3, which does not divide the %4 channels of a "
                             "level with attention. Correct it."),
  [ADM_CODE_KEY_POOL_CHANNELS] = N_ ("“%1”: the pool “attention” needs a number of channels in the "
                                     "key “num_head_channels”, not -1. Correct it."),
  [ADM_CODE_MULT_OUTSIDE] = N_ (
      "“%1”: %2 in “channel_mult” makes a level of %3 channels; 1 to %4 are possible. Correct it."),
  [ADM_CODE_MULT_UNEVEN] = N_ ("“%1”: %2 in “channel_mult” makes a level of %3 channels, which is "
                               "not a multiple of %4. Correct it."),
  [ADM_CODE_LEVELS]
  = N_ ("“%1”: the image size %2 cannot be halved %3 times, as %4 levels need. Correct it."),
  [ADM_CODE_ATTENTION_SIDE] = N_ ("“%1”: %2 in “attention_resolutions” is not the side of any "
                                  "level of pictures of %3 pixels. Correct it."),
  [ADM_CODE_DEFAULTS_ETA_ALONE]
  = N_ ("“%1”: only the sampler ddim has an eta. Leave it out of “%2”."),
  [ADM_CODE_TENSORS_SILENT] = N_ (
      "The tensors of “%1” do not tell: %2. Answer the questions about it on the page of models."),
  [ADM_CODE_TENSORS_OTHER] = N_ ("The tensors of “%1” are not those of an ablated diffusion model "
                                 "or classifier. Choose another file."),
  [ADM_CODE_TENSORS_NEAR] = N_ ("The tensors of “%1” are not quite those of an ablated diffusion "
                                "model. Describe it in a JSON file of the same name beside it."),
  [ADM_CODE_TENSORS_AMBIGUOUS] = N_ ("The tensors of “%1” fit %2 different networks. Describe it "
                                     "in a JSON file of the same name beside it."),
  [ADM_CODE_TENSOR_MISSING] = N_ ("“%1” lacks the tensor %2 [%3]. Use the file that belongs to its "
                                  "description, or correct the description."),
  [ADM_CODE_TENSOR_SHAPE]
  = N_ ("The tensor %2 of “%1” has the shape [%3] instead of [%4]. Use the file that belongs to "
        "its description, or correct the description."),
  [ADM_CODE_TENSOR_FOREIGN] = N_ ("The tensor %2 of “%1” does not belong to this network. Use "
                                  "another file, or correct the description."),
  [ADM_CODE_PARAMETERS_MANY]
  = N_ ("“%1” has more parameters than can be counted. Choose another file."),
  [ADM_CODE_NETWORK_DIMENSIONS]
  = N_ ("“%1” is a network of %2 dimensions (input_blocks.0.0.weight has %3), and pictures have "
        "two. Choose a network of pictures."),
  [ADM_CODE_NETWORK_CHANNELS]
  = N_ ("“%1” is a network of %2 input channels: neither of grey, RGB or RGBA pictures nor an "
        "upsampler of RGB ones. Choose another file."),
  [ADM_CODE_NETWORK_SHARD] = N_ ("“%1” is one shard of several; its network is whole only with the "
                                 "others. Join them into one file first."),
  [ADM_CODE_NETWORK_STABLE] = N_ ("“%1” is a Stable Diffusion network, which works on latents and "
                                  "text. Choose an ablated diffusion model of pictures."),
  [ADM_CODE_NETWORK_DIFFUSERS] = N_ ("“%1” is a diffusers network, whose layers are others. Choose "
                                     "a checkpoint of guided-diffusion or improved-diffusion."),
  [ADM_CODE_SIDECAR_NEEDLESS] = N_ ("“%1” describes itself in its metadata, which comes before any "
                                    "file beside it. Convert it anew instead."),
  [ADM_CODE_SIDECAR_EXTENSION]
  = N_ ("“%1”: weights need another extension than .json. Rename the file."),
  [ADM_CODE_SIDECAR_THERE] = N_ ("There is a file “%1” already. Correct it by hand, or remove it."),
  [ADM_CODE_SIDECAR_MODEL] = N_ ("“%1” is the description of a model, and that of the network "
                                 "would have the same name. Rename it."),
  [ADM_CODE_ANSWER_UNKNOWN] = N_ ("There is no key “%1” in a description. Did you mean “%2”?"),
  [ADM_CODE_PUBLISHED_UNKNOWN]
  = N_ ("No published checkpoint is called “%1”. Choose another name."),
  [ADM_CODE_MODEL_UNKNOWN]
  = N_ ("There is no model “%1”, and no such file. Choose one of the list."),
  [ADM_CODE_MODEL_TWICE]
  = N_ ("The id of “%1”, “%2”, belongs to “%3” already. Give it another one, or remove the file."),
  [ADM_CODE_PUBLISHED_TWICE]
  = N_ ("“%1” has the tensors of %2, which was found first as “%3”. Describe it in a JSON file of "
        "the same name beside it, or remove it."),
  [ADM_CODE_PART_ALONE] = N_ ("“%1” is of this kind: %2; it belongs to no model here. Name it in "
                              "the description of a model."),
  [ADM_CODE_PART_MISSING] = N_ (
      "The model “%1” lacks its %2. Put “%3” (published at %4) into one of the folders searched."),
  [ADM_CODE_PART_NONE] = N_ ("The model “%1” has no %2. Choose another model, or do without."),
  [ADM_CODE_PART_KIND] = N_ ("“%1” holds %2 where %3 is needed. Choose another file."),
  [ADM_CODE_PART_NOT]
  = N_ ("“%1” is no %2. Choose another file, or correct the description of the model."),
  [ADM_CODE_CLASSES_OPEN] = N_ ("The class names in “%1” could not be opened: %2. Put the file "
                                "back, or correct “classes” in the description of the model."),
  [ADM_CODE_CLASSES_KIND] = N_ ("“%1” must be a text file of at most 4 MiB to hold class names. "
                                "Correct “classes” in the description of the model."),
  [ADM_CODE_CLASSES_ENCODING]
  = N_ ("The class names in “%1” are not UTF-8 text. Save the file in that encoding."),
  [ADM_CODE_CLASSES_MANY] = N_ ("“%1” holds more than %2 class names. Choose another file."),
  [ADM_CODE_CLASSES_HOLE]
  = N_ ("Line %2 of “%1” is empty, but class names follow. Each line names one class."),
  [ADM_CODE_CLASSES_COUNT] = N_ (
      "“%1” has %2 class names for %3 labels. Correct “classes” in the description of the model."),
  [ADM_CODE_MODEL_SIZE] = N_ ("“%1” says that pictures have %2 pixels, but the diffusion model "
                              "makes them of %3. Correct it."),
  [ADM_CODE_MODEL_NULL]
  = N_ ("“%1” says that the null class is %2, but the network has %3 labels. Correct it."),
  [ADM_CODE_CLASSIFIER_SIZE] = N_ ("“%1” is a classifier for pictures of %2 pixels, but the "
                                   "diffusion model makes them of %3. Use the one made for it."),
  [ADM_CODE_CLASSIFIER_LOADED] = N_ ("“%1” is for pictures of %2 pixels, the diffusion model for "
                                     "%3. Use the classifier made for it."),
  [ADM_CODE_CLASSIFIER_STEPS] = N_ ("“%1” was trained with %2 diffusion steps, and the model “%3” "
                                    "with %4. Use a classifier of its own."),
  [ADM_CODE_CLASSIFIER_SCHEDULE] = N_ ("“%1” was trained with the noise schedule %2, and the model "
                                       "“%3” with %4. Use a classifier of its own."),
  [ADM_CODE_CLASSIFIER_CHANNELS]
  = N_ ("“%1” knows pictures of %2 channels, and the model “%3” makes %4. Use another classifier."),
  [ADM_CODE_UPSAMPLER_SIZE] = N_ ("“%1” upsamples pictures of %2 pixels to %3, but the diffusion "
                                  "model makes them of %4. Use another one."),
  [ADM_CODE_UPSAMPLER_INPUT] = N_ ("“%1” enlarges pictures of %2 pixels, and the model “%3” makes "
                                   "them of %4. Use another upsampler."),
  [ADM_CODE_CLASS_NAMELESS] = N_ ("“%1” has no names for its classes. Give their numbers."),
  [ADM_CODE_CLASS_NUMBER]
  = N_ ("The model “%1” has no names for its classes. Give “%2” by its number."),
  [ADM_CODE_CLASS_UNKNOWN] = N_ ("The model “%1” has no class named “%2”. Choose one of its list."),
  [ADM_CODE_CLASS_NEAR] = N_ ("The model “%1” has no class named “%2”. Did you mean: %3?"),
  [ADM_CODE_CLASS_AMBIGUOUS] = N_ (
      "“%1” could be several classes of the model “%3”: %2. Give more of the name, or the number."),
  [ADM_CODE_CLASS_TWINS]
  = N_ ("“%1” could be several classes of the model “%3”: %2. Give its number."),
  [ADM_CODE_CLASS_NULL] = N_ ("The model “%1” always needs a class. Choose one from 0 to %2."),
  [ADM_CODE_CLASS_RANGE]
  = N_ ("The class %1 is not one of the model “%3”, whose classes are 0 to %2. Choose another."),
  [ADM_CODE_NETWORK_DEEP]
  = N_ ("This network is too deep or too large to plan. Choose a smaller one."),
  [ADM_CODE_NETWORK_UNCOUNTED]
  = N_ ("The weights of this network are too large to count. Check its description."),
  [ADM_CODE_NETWORK_POOL]
  = N_ ("The classifier has no pool. Add the key “pool” to its description."),
  [ADM_CODE_NETWORK_BUG]
  = N_ ("The workspace was planned too small, which is a fault of this plug-in. Please report it."),
  [ADM_CODE_NETWORK_MEMORY]
  = N_ ("“%1” needs %2 MiB (%3 for weights, %4 to work in), and %5 MiB are %6. Halve the memory "
        "for weights on the page of models, or choose a smaller model."),
  [ADM_CODE_NETWORK_MEMORY_HALF]
  = N_ ("“%1” needs %2 MiB (%3 for weights, %4 to work in), and %5 MiB are %6. Close other "
        "programs, or choose a smaller model."),
  [ADM_CODE_NETWORK_WEIGHTS]
  = N_ ("There is not enough memory for the weights of “%1”, %2 MiB. Close other programs."),
  [ADM_CODE_NETWORK_LIMIT]
  = N_ ("%1 MiB to work in beside %2 MiB of weights are more than the %3 MiB allowed. Allow more "
        "memory on the page of models, or choose a smaller model."),
  [ADM_CODE_MODEL_MEMORY] = N_ ("The model “%1” needs %2 MiB (%3), and %4 MiB are free. Close "
                                "other programs, or choose a smaller model."),
  [ADM_CODE_MODEL_LIMIT] = N_ ("The model “%1” needs %2 MiB (%3), and %4 MiB are allowed. Allow "
                               "more on the page of models, or choose a smaller model."),
  [ADM_CODE_MODEL_HALF] = N_ ("The model “%1” needs %2 MiB (%3), and %4 MiB are %5. Halve the "
                              "memory for weights on the page of models: then it needs %6 MiB."),
  [ADM_CODE_IMAGES_FEW] = N_ ("%1 pictures cannot be evaluated. Choose at least 1."),
  [ADM_CODE_LOW_MISSING] = N_ ("An upsampler needs a small picture to enlarge. Choose one."),
  [ADM_CODE_LOW_UNWANTED] = N_ ("This network enlarges no pictures. Choose an upsampler."),
  [ADM_CODE_LOW_SIZE] = N_ ("The picture to enlarge has %1 × %2 pixels, and this upsampler takes "
                            "%3 × %3. Reduce it first."),
  [ADM_CODE_NO_GRADIENT] = N_ ("Only a classifier has a gradient. Choose its file."),
  [ADM_CODE_NO_FEATURES] = N_ ("Only a classifier has features. Choose its file."),
  [ADM_CODE_KERNELS_UNKNOWN] = N_ ("There are no kernels “%1”. Choose one of %2, or for 16-bit "
                                   "products one of %3."),
  [ADM_CODE_KERNELS_LACKING]
  = N_ ("This processor lacks what the kernels “%1” need. The best it has are “%2”."),
  [ADM_CODE_OUTPUT_VALUE] = N_ ("The weights in “%1” are unusable: the network's output is NaN or "
                                "infinity at step %2 of %3 (timestep %4). Choose another model."),
  [ADM_CODE_GRADIENT_VALUE]
  = N_ ("The weights in “%1” are unusable: the classifier's gradient is NaN or infinity at step %2 "
        "of %3 (timestep %4). Choose another model, or fidelity 0."),
  [ADM_CODE_PICTURE_VALUE] = N_ ("The picture became NaN or infinity at step %1 of %2 (timestep "
                                 "%3). Try another seed or sampler."),
  [ADM_CODE_PICTURE_GUIDED] = N_ ("The picture became NaN or infinity at step %1 of %2 (timestep "
                                  "%3). Choose a lower fidelity."),
  [ADM_CODE_BATCH_VALUE] = N_ ("The network's weights are unusable: at timestep %1 its output is "
                               "NaN or infinity. Choose another file."),
  [ADM_CODE_SCALE_UNGUIDED]
  = N_ ("The gradient scale %1 needs a classifier and a class. Choose both, or scale 0."),
  [ADM_CODE_GUIDANCE_INTERVAL]
  = N_ ("Guidance from noise level %1 to %2 is not possible. Put the smaller one first."),
  [ADM_CODE_THRESHOLD_SAMPLER] = N_ ("Only the samplers dpm++2m and sde-dpm++2m have a threshold. "
                                     "Choose one of them, or threshold 0."),
  [ADM_CODE_SAMPLER_NUMBER] = N_ ("There is no sampler with the number %1. Choose another."),
  [ADM_CODE_STEPS_OUTSIDE]
  = N_ ("%1 steps are not possible. Choose 2 to %2, the steps this network was trained with."),
  [ADM_CODE_STEPS_FEW] = N_ ("%1 diffusion steps are too few for the noise schedule %2 (beta %3 at "
                             "timestep %4). Correct the description of the network."),
  [ADM_CODE_SCHEDULE_UNKNOWN] = N_ ("The noise schedule of this network is unknown. Answer the "
                                    "questions about it on the page of models."),
  [ADM_CODE_RESPACING_SPELLING]
  = N_ ("“%1” does not spell steps. Use a number (250), sections (10,15,20) or ddimN."),
  [ADM_CODE_RESPACING_MANY]
  = N_ ("The steps “%1” cannot be: %2 do not fit into %3 timesteps. Choose fewer."),
  [ADM_CODE_RESPACING_LIST] = N_ ("The steps “%1” cannot be: t= must be followed by timesteps "
                                  "between commas, as in t=0,300,600,990."),
  [ADM_CODE_RESPACING_ORDER] = N_ ("The steps “%1” cannot be: at timestep %2 they do not ascend, "
                                   "or are not below %3. Correct them."),
  [ADM_CODE_RESPACING_DDIM]
  = N_ ("The steps “%1” cannot be: ddim must be followed by a number of steps, as in ddim25."),
  [ADM_CODE_RESPACING_STRIDE] = N_ ("The steps “%1” cannot be: no stride divides %2 timesteps into "
                                    "exactly %3. Choose another number."),
  [ADM_CODE_RESPACING_ONE]
  = N_ ("The steps “%1” leave only 1, and at least 2 are needed. Choose more."),
  [ADM_CODE_RESPACING_FEW]
  = N_ ("The steps “%1” leave only %2, and at least 2 are needed. Choose more."),
  [ADM_CODE_CANVAS_SIZE]
  = N_ ("A picture of %1 × %2 pixels cannot be made. Choose 1 to %3 on each side."),
  [ADM_CODE_CANVAS_UNSIZED]
  = N_ ("A mask or a picture to start from needs the size of the result. Choose it."),
  [ADM_CODE_CANVAS_MASK]
  = N_ ("What the selection keeps is missing. Choose a picture to start from."),
  [ADM_CODE_CANVAS_RESAMPLINGS]
  = N_ ("Jump length and resamplings must be 1 or more. Correct them."),
  [ADM_CODE_CANVAS_CLASSES] = N_ ("%1 classes cannot be mixed. Choose up to %2."),
  [ADM_CODE_CANVAS_WEIGHT]
  = N_ ("The share %1 of a class is not possible. Choose a number above 0."),
  [ADM_CODE_CANVAS_CHANNELS] = N_ ("Only RGB networks make pictures of any size, and this one has "
                                   "%1 channels. Leave size, selection and further classes out."),
  [ADM_CODE_CANVAS_NOISE] = N_ ("A picture of any size needs a seed; noise belongs to the "
                                "network's own size. Choose a seed."),
  [ADM_CODE_CANVAS_MEMORY] = N_ ("This picture needs %1 MiB while it is made, beside %2 MiB for "
                                 "the networks; %3 MiB are %4. Choose a smaller one."),
  [ADM_CODE_ENCODE_GUIDED]
  = N_ ("Encoding takes neither a gradient scale nor noise. Leave them out."),
  [ADM_CODE_GUIDE_CLASSLESS]
  = N_ ("Fidelity above 0 needs a class to steer towards. Choose a class, or fidelity 0."),
  [ADM_CODE_GUIDE_OUTSIDE] = N_ ("The classifier cannot steer towards class %1. Choose 0 to %2."),
  [ADM_CODE_GUIDE_FREE] = N_ ("Free guidance needs a network with a null class, and the model “%1” "
                              "has none. Choose guidance by the classifier."),
  [ADM_CODE_TILES_SOURCE]
  = N_ ("Tiles need a picture to enlarge and a seed, not noise. Choose them."),
  [ADM_CODE_TILES_FACTOR] = N_ ("This upsampler makes %1 pixels from %2, which is no whole factor, "
                                "so tiles are not possible. Switch Tiles off."),
  [ADM_CODE_VARIATION]
  = N_ ("A variation must be from 0 to 1, and needs a seed, not noise. Correct it."),
  [ADM_CODE_NOISE_STEPS] = N_ ("The noise is for %1 steps, and there are %2. Choose as many."),
  [ADM_CODE_FEATURES_FILE]
  = N_ ("“%1” has no features; only a classifier has. Choose a classifier."),
  [ADM_CODE_FEATURES_SETS]
  = N_ ("“%1” has %2 features of each picture, “%3” has %4. Choose features of one kind."),
  [ADM_CODE_FEATURES_WIDTH] = N_ ("The features of “%1” have %2 and %3 numbers, the others' %4 and "
                                  "%5. Choose features of one kind."),
  [ADM_CODE_FEATURES_COUNT]
  = N_ ("The features and spatial features of “%1” are of %2 and %3 pictures. Save them again."),
  [ADM_CODE_FEATURES_MEMORY] = N_ ("The features of the %2 pictures of “%1” take %3 MiB, more than "
                                   "the %4 MiB that are left. Choose fewer, or allow more memory."),
  [ADM_CODE_FEATURES_UNTOLD]
  = N_ ("“%1” holds pictures. Choose the weights that tell their features."),
  [ADM_CODE_FEATURES_KIND] = N_ ("“%1” holds neither pictures (uint8 [N,H,W,3] or float32 "
                                 "[N,3,H,W]) nor features (pool_3 [N,D]). Choose another file."),
  [ADM_CODE_FEATURES_FITTED]
  = N_ ("“%1” holds neither pictures (uint8 [N,H,W,3] or float32 [N,3,H,W]) nor features (pool_3 "
        "[N,D]); statistics are for the reference. Choose another file."),
  [ADM_CODE_STATISTICS_SHAPE] = N_ ("In “%1”, %2 and %3 must be a mean [D] and a covariance [D,D] "
                                    "of floating-point numbers. Choose another file."),
  [ADM_CODE_STATISTICS_VALUE]
  = N_ ("The eigenvalues of a covariance do not converge. Check the features."),
  [ADM_CODE_SOFTMAX_SHAPE] = N_ (
      "“%1” must have the shape [%2,K]: the features' width and the classes. Choose another file."),
  [ADM_CODE_PICTURES_SIZE] = N_ ("“%1” holds a picture of %2 × %3 pixels, and the classifier “%4” "
                                 "sees %5 × %6. Choose pictures of that size."),
  [ADM_CODE_PICTURES_FEW] = N_ ("“%1” holds %2 pictures, and two or more are needed. Choose more."),
  [ADM_CODE_PICTURES_NONE] = N_ ("“%1” holds no PNG or JPEG files. Choose a folder of pictures."),
  [ADM_CODE_NEIGHBOURS] = N_ ("Precision and recall need more than %1 pictures in each set, and a "
                              "k from 1 to %2. Choose more pictures or another k."),
  [ADM_CODE_INCEPTION_MISSING] = N_ ("“%1” lacks the tensor %2. Choose the weights of the FID "
                                     "Inception network (pt_inception-2015-12-05)."),
  [ADM_CODE_INCEPTION_SHAPE] = N_ ("The tensor %2 of “%1” has another shape than in the FID "
                                   "Inception network. Choose the weights of that network."),
  [ADM_CODE_NO_LIKELIHOOD] = N_ ("Only a diffusion network has a likelihood. Choose its file."),
  [ADM_CODE_LIKELIHOOD_CLASS] = N_ ("This network has classes. Choose one from 0 to %1."),
  [ADM_CODE_TEACH_REQUEST] = N_ ("The class cannot be taught like that: %1."),
  [ADM_CODE_TEACH_KIND]
  = N_ ("“%1” is not a diffusion network. Choose the one that makes the model's pictures."),
  [ADM_CODE_TEACH_GRADIENT]
  = N_ ("At step %1 a gradient is not finite. Choose a smaller learning rate."),
  [ADM_CODE_TRAIN_REQUEST] = N_ ("The network cannot be trained like that: %1."),
  [ADM_CODE_TRAIN_KIND] = N_ ("This is the description of %1, not of %2. Choose another."),
  [ADM_CODE_TRAIN_SIZE] = N_ ("The network's pictures have %1 pixels, not %2. Correct either."),
  [ADM_CODE_TRAIN_SMALL]
  = N_ ("The “small_size” of an upsampler must be there and divide its “image_size”. Correct it."),
  [ADM_CODE_TRAIN_CLASSLESS] = N_ ("The network has classes, the pictures in “%1” have none. Put "
                                   "those of each class into a folder of its own."),
  [ADM_CODE_TRAIN_CLASSES] = N_ ("“%1” has %2 classes, more than the %3 of the network. Write "
                                 "another “num_classes” into its description."),
  [ADM_CODE_TRAIN_CLASSES_NONE] = N_ ("“%1” has %2 classes and “no class”, more than the %3 of the "
                                      "network. Write another “num_classes” into its description."),
  [ADM_CODE_TRAIN_LABELS] = N_ ("Without classes there are no labels to drop. Leave that out."),
  [ADM_CODE_TRAIN_MEMORY]
  = N_ ("“%1”: training %2 pictures at once needs %3 MiB (%4 of them to work in), and %5 MiB are "
        "%6. Choose fewer at once, or a smaller network."),
  [ADM_CODE_TRAIN_LOSS] = N_ ("At step %1 the loss is not finite (timestep %2); “%3” is that of "
                              "step %4. Go on from it with a smaller learning rate."),
  [ADM_CODE_TRAIN_GRADIENT] = N_ ("At step %1 a gradient is not finite; “%2” is that of step %3. "
                                  "Go on from it with a smaller learning rate."),
  [ADM_CODE_TRAIN_STOPPED] = N_ ("Training was cancelled."),
  [ADM_CODE_CHECKPOINT_THERE]
  = N_ ("There is a checkpoint of a training already: “%1”. Go on from it, or remove it."),
  [ADM_CODE_CHECKPOINT_NOT]
  = N_ ("“%1” is not the checkpoint of a training. Remove it to begin anew."),
  [ADM_CODE_CHECKPOINT_OTHER]
  = N_ ("“%1” was trained with seed %2, batch %3 and %4 pictures. Choose the same to go on."),
  [ADM_CODE_CHECKPOINT_TENSOR]
  = N_ ("In “%1”, %2 is missing or of another size: it belongs to another training. Choose the "
        "same network and options to go on."),
  [ADM_CODE_LOSS_STEP]
  = N_ ("The loss is not finite at timestep %1. Choose a smaller learning rate."),
  [ADM_CODE_LOSS_GRADIENT] = N_ ("A gradient is not finite. Choose a smaller learning rate."),
  [ADM_CODE_LOSS_IMAGE] = N_ ("The weights in “%1” are unusable for this input: the loss of "
                              "picture %2 is NaN or infinity. Choose another file."),
  [ADM_CODE_LOSS_CLASSIFIER] = N_ ("The loss of a classifier is its cross entropy. Choose that."),
  [ADM_CODE_LOSS_DIFFUSION] = N_ ("Only a classifier has a cross entropy. Choose another loss."),
  [ADM_CODE_PICTURES_UNREADABLE]
  = N_ ("None of the %1 pictures could be read: %2. Put others there."),
  [ADM_CODE_FOLDER_MIXED]
  = N_ ("“%1” holds %2 pictures beside its class folders. Move each into that of a class."),
  [ADM_CODE_ADAPTER_NOT] = N_ ("“%1” is not an adapter. Choose the file of a taught class."),
  [ADM_CODE_ADAPTER_SIZE] = N_ ("The file “%1” was taught to another network: its change of %2 is "
                                "of another size. Choose the model it was taught to."),
  [ADM_CODE_ADAPTER_OTHER] = N_ ("“%1” was taught to other weights (%2) than “%3” (%4). Choose the "
                                 "model it was taught to, or teach it again."),
  [ADM_CODE_ADAPTER_SILENT] = N_ ("“%1” does not say what it is. Teach it again."),
  [ADM_CODE_ADAPTER_LABEL]
  = N_ ("The file “%1” was taught to another network. Choose the model it was taught to."),
  [ADM_CODE_TAUGHT_NAME] = N_ ("The name “%1” is not possible (%2). Choose another."),
  [ADM_CODE_TAUGHT_CLASS] = N_ ("“%1” was taught to the model “%2” and stands alone: it can be "
                                "neither mixed with other classes nor steered to by a classifier."),
  [ADM_CODE_TAUGHT_MODEL] = N_ ("“%1” cannot be used: the model “%2” has no diffusion network. "
                                "Choose the model it was taught to."),
  [ADM_CODE_TAUGHT_MIXED]
  = N_ ("A taught class cannot be mixed with other classes. Choose it alone."),
  [ADM_CODE_TAUGHT_GUIDED] = N_ ("No classifier knows a taught class. Choose free guidance."),
  [ADM_CODE_TAUGHT_KIND]
  = N_ ("“%1” is not a diffusion network. Choose the model that the class was taught to."),
  [ADM_CODE_TAUGHT_ALONE]
  = N_ ("“%1” was taught to weights that are not here. Put them into the same folder."),
  [ADM_CODE_TAUGHT_CHECKPOINT] = N_ ("“%1” is not a paused lesson. Remove it to begin anew."),
  [ADM_CODE_TAUGHT_OTHER] = N_ ("“%1” is a paused lesson with other settings (seed %2, %3 at once, "
                                "rank %4, %5 pictures). Resume it with those."),
};

/* What to do when a file cannot be opened, read or written. */
static const char *
file_remedy (const adm_error *error)
{
  gboolean written = error->code == ADM_CODE_FILE_WRITE;

  switch (error->fact[1].whole) {
  case ENOENT:
  case ENOTDIR:
    return written ? _ ("Make its folder first, or choose another one.")
                   : _ ("Put it back, or choose another file.");
  case EACCES:
  case EPERM:
  case EROFS:
    return written ? _ ("Correct the permissions of its folder, or choose another one.")
                   : _ ("Correct its permissions.");
  case ENOSPC:
  case EDQUOT:
    return _ ("Make room on the disk.");
  case EISDIR:
    return _ ("Choose a file, not a folder.");
  case EMFILE:
  case ENFILE:
  case ENOMEM:
    return _ ("Close other programs.");
  default:
    return _ ("Check the disk, or use another copy.");
  }
}

const char *
plugin_words_sentence (adm_error_code code)
{
  return sentences[code];
}

char *
plugin_words (const adm_error *error)
{
  g_autofree char *line = g_malloc (LINE);
  const char *sentence = sentences[error->code];

  /* the caller's own words are not in the catalogues */
  adm_error_fill (error, error->code == ADM_CODE_TEXT ? sentence : _ (sentence), plugin_phrase,
                  line, LINE);
  if (error->code != ADM_CODE_FILE_OPEN && error->code != ADM_CODE_FILE_READ
      && error->code != ADM_CODE_FILE_WRITE)
    return g_strdup (line);
  /* Translators: two sentences: what went wrong with a file, and what to do about it. */
  return g_strdup_printf (_ ("%s %s"), line, file_remedy (error));
}
