/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libadm: what can fail. One line a code: its name, its status, the kinds of its facts in their
 * order (see adm_error.h), and the sentence in plain English, in which %1 … stand for the facts.
 * What to do about it is the business of whoever words it: a program has other remedies than a
 * window. A remedy may name facts that the sentence leaves out. */
#ifndef ADM_CODES_H
#define ADM_CODES_H

#define ADM_ERROR_CODES(X)                                                                         \
  X (TEXT, USAGE, (TEXT), "%1")                                                                    \
  X (FILE_OPEN, IO, (TEXT, ERRNO), "%1: cannot be opened: %2")                                     \
  X (FILE_READ, IO, (TEXT, ERRNO), "%1: cannot be read: %2")                                       \
  X (FILE_WRITE, IO, (TEXT, ERRNO), "%1: cannot be written: %2")                                   \
  X (OPENBLAS_MISSING, IO, (NONE), "OpenBLAS cannot be loaded")                                    \
  X (OPENBLAS_SERIAL, IO, (NONE),                                                                  \
     "the serial OpenBLAS on this system cannot be used from several threads")                     \
  X (VALUE_OUTSIDE, USAGE, (WORD, REAL, REAL, REAL), "%1: %2 is not within %3 … %4")               \
  X (THREAD_START, MEMORY, (WHOLE, WHOLE, ERRNO), "thread %1 of %2 could not be started (%3)")     \
  X (NO_MEMORY, MEMORY, (WORD), "no memory for %1")                                                \
  X (NO_MEMORY_THREADS, MEMORY, (WHOLE), "no memory for %1 threads")                               \
  X (NO_MEMORY_MIB, MEMORY, (MIB), "no memory for %1 MiB to work in")                              \
  X (NO_MEMORY_PICTURES, MEMORY, (WHOLE), "no memory for %1 pictures")                             \
  X (NO_MEMORY_SIDES, MEMORY, (WHOLE, WHOLE), "no memory for a picture of %1 x %2 px")             \
  X (NO_MEMORY_READ, MEMORY, (TEXT), "%1: no memory to read it")                                   \
  X (NO_MEMORY_WRITE, MEMORY, (TEXT), "%1: no memory to write it")                                 \
  X (STOPPED, CANCELLED, (NONE), "stopped")                                                        \
  X (STOPPED_AT, CANCELLED, (WHOLE, WHOLE), "cancelled at step %1 of %2")                          \
  X (STOPPED_LOADING, CANCELLED, (TEXT), "loading %1 was stopped")                                 \
  X (STOPPED_WRITING, CANCELLED, (TEXT), "writing %1 was stopped")                                 \
  X (FILE_KIND, IO, (TEXT), "%1: is not a file")                                                   \
  X (FILE_LOOK, IO, (TEXT, ERRNO), "%1: cannot be looked at: %2")                                  \
  X (FILE_SHORT, IO, (TEXT), "%1: cannot be read: it ends early")                                  \
  X (FILE_ENDS, FORMAT, (TEXT, WHOLE), "%1: ends early, at byte %2")                               \
  X (FILE_CHANGED, IO, (TEXT), "%1: changed while it was read")                                    \
  X (FILE_BROKEN, FORMAT, (TEXT, WORD), "%1: %2")                                                  \
  X (FOLDER_READ, IO, (TEXT, ERRNO), "%1: the folder cannot be read: %2")                          \
  X (NAME_ENCODING, IO, (TEXT), "%1: the name of this file or its folder is not UTF-8")            \
  X (NPY_BROKEN, FORMAT, (TEXT, WORD), "%1: %2")                                                   \
  X (NPY_TYPE, FORMAT, (TEXT), "%1: does not hold little-endian float32")                          \
  X (NPY_ORDER, FORMAT, (TEXT), "%1: is in Fortran order")                                         \
  X (NPY_VERSION, FORMAT, (TEXT, WHOLE, WHOLE), "%1: is .npy version %2.%3")                       \
  X (NPY_VALUE, VALUE, (TEXT, WHOLE), "%1: holds NaN or infinity, number %2 is the first")         \
  X (ARRAY_BROKEN, FORMAT, (TEXT, TEXT, WORD), "%1: array %2 %3")                                  \
  X (ARRAY_NUMBERS, FORMAT, (TEXT, TEXT), "%1: array %2 does not hold little-endian numbers")      \
  X (ARRAY_VALUE, VALUE, (TEXT, TEXT), "%1: array %2 holds NaN or infinity")                       \
  X (ARRAY_TYPE, FORMAT, (TEXT, TEXT, TEXT), "%1: array %2 holds %3, not float32 or float64")      \
  X (ARRAY_NAME, USAGE, (TEXT, TEXT), "%1: too many arrays, or a name too long: %2")               \
  X (NPZ_COUNT, FORMAT, (TEXT, WHOLE, WHOLE), "%1: holds %2 arrays, not within 1 … %3")            \
  X (NPZ_RECORD, FORMAT, (TEXT, TEXT, WORD), "%1: record %2 %3")                                   \
  X (NPZ_KEPT, IO, (TEXT), "%1: what was kept for it is cut short")                                \
  X (RECORD_NUMBER, FORMAT, (TEXT, WHOLE), "%1: record %2 is broken")                              \
  X (RECORD_BROKEN, FORMAT, (TEXT, TEXT), "%1: a record is broken (%2)")                           \
  X (RECORD_OPEN, FORMAT, (TEXT, TEXT), "%1: a record cannot be opened: %2")                       \
  X (RECORD_READ, IO, (TEXT, TEXT), "%1: a record cannot be read: %2")                             \
  X (RECORD_WORD, FORMAT, (TEXT, TEXT, WORD), "%1: record %2 %3")                                  \
  X (RECORD_SIZE, FORMAT, (TEXT, TEXT, WHOLE, WHOLE),                                              \
     "%1: record data/%2 has %3 bytes where %4 elements should be")                                \
  X (STORAGE_BROKEN, FORMAT, (TEXT, TEXT, WORD), "%1: storage %2 %3")                              \
  X (STORAGES_MANY, FORMAT, (TEXT, WHOLE), "%1: names %2 storages")                                \
  X (ZIP_FOREIGN, FORMAT, (TEXT, WHOLE), "%1: a zip without torch's data.pkl (%2 found)")          \
  X (DIRECTORY_LARGE, FORMAT, (TEXT, WHOLE), "%1: its list of records takes %2 bytes")             \
  X (PICKLE_REFUSED, FORMAT, (TEXT, WORD, WHOLE), "%1: its pickle %2 at byte %3")                  \
  X (PICKLE_ATTACK, FORMAT, (TEXT, TEXT, TEXT),                                                    \
     "%1: its pickle asks for %2.%3, which only an attack needs")                                  \
  X (HEADER_LENGTH, FORMAT, (TEXT, WHOLE), "%1: its header would be %2 bytes long")                \
  X (NOT_WEIGHTS, FORMAT, (TEXT, WORD), "%1: %2")                                                  \
  X (NOT_SAVED, FORMAT, (TEXT, WORD), "%1: %2")                                                    \
  X (PYTHON_OBJECT, FORMAT, (TEXT, TEXT), "%1: is a whole Python object, a %2, not weights")       \
  X (OPTIMIZER, FORMAT, (TEXT), "%1: is an optimizer's state, not weights")                        \
  X (TORCH_TAR, FORMAT, (TEXT), "%1: is in torch's oldest (tar) format")                           \
  X (LFS_POINTER, FORMAT, (TEXT), "%1: is a Git LFS pointer: the real file was not downloaded")    \
  X (GGUF, FORMAT, (TEXT), "%1: is a GGUF file, of quantized weights for other programs")          \
  X (WEB_PAGE, FORMAT, (TEXT), "%1: is a web page, not weights")                                   \
  X (TENSOR_BROKEN, FORMAT, (TEXT, TEXT, WORD), "%1: tensor %2 %3")                                \
  X (TENSOR_STORAGE, FORMAT, (TEXT, TEXT, WHOLE),                                                  \
     "%1: tensor %2 reaches past the end of its storage (%3 elements)")                            \
  X (TENSOR_STRIDE, FORMAT, (TEXT, TEXT), "%1: tensor %2 has a negative stride")                   \
  X (TENSOR_DTYPE, FORMAT, (TEXT, TEXT, TEXT), "%1: tensor %2 has the unknown type %3")            \
  X (TENSOR_CLASS, FORMAT, (TEXT, TEXT, TEXT), "%1: weight %2 is a %3, which is not read")         \
  X (TENSOR_FLOATS, FORMAT, (TEXT, TEXT), "%1: tensor %2 does not hold floating-point numbers")    \
  X (TENSOR_VALUE, VALUE, (TEXT, TEXT), "%1: tensor %2 holds NaN or infinity")                     \
  X (TENSOR_NAME, FORMAT, (TEXT, WHOLE),                                                           \
     "%1: a tensor's name is empty, over %2 bytes or holds a NUL")                                 \
  X (TENSOR_HOLE, FORMAT, (TEXT, WHOLE),                                                           \
     "%1: tensors overlap or leave a hole at byte %2 of the data")                                 \
  X (TENSOR_LARGEST, MEMORY, (TEXT, MIB), "%1: no memory for %2 MiB, its largest tensor")          \
  X (TENSOR_UNCOUNTED, SHAPE, (TEXT), "tensor %1 is too large to count")                           \
  X (TENSORS_MANY, FORMAT, (TEXT, WHOLE), "%1: more than %2 tensors")                              \
  X (TENSORS_REPEATED, FORMAT, (TEXT, TEXT),                                                       \
     "%1: up to tensor %2 its tensors take more than twice the file's size, the same numbers "     \
     "again and again")                                                                            \
  X (NUMBER_LARGE, VALUE, (TEXT, TEXT, TEXT), "tensor %1 holds a number too large for %2")         \
  X (PICTURE_KIND, FORMAT, (TEXT), "%1 is no PNG or JPEG")                                         \
  X (PICTURE_BROKEN, FORMAT, (TEXT, TEXT, TEXT), "%1: broken %2 (%3)")                             \
  X (PICTURE_DISK, IO, (TEXT), "%1: cannot be read: the disk or its file system failed")           \
  X (PICTURE_MEMORY, MEMORY, (TEXT), "%1: no memory for its pixels")                               \
  X (PICTURE_SIDES, FORMAT, (TEXT, WHOLE, WHOLE, WHOLE, WHOLE),                                    \
     "%1: %2 x %3 pixels are more than %4 a side and %5 in all")                                   \
  X (PICTURE_BOMB, FORMAT, (TEXT, WHOLE, WHOLE, WHOLE),                                            \
     "%1: %2 x %3 pixels are too many for a file of %4 bytes")                                     \
  X (JSON_BROKEN, FORMAT, (TEXT, WHOLE, TEXT), "%1: not valid JSON at byte %2 (%3)")               \
  X (JSON_OBJECT, FORMAT, (TEXT), "%1: not a JSON object: it must start with { and hold keys")     \
  X (JSON_DEEP, FORMAT, (TEXT, WHOLE, WHOLE),                                                      \
     "%1: holds more than %2 values or is nested more than %3 deep, as no description is")         \
  X (JSON_LONG, FORMAT, (TEXT, WHOLE), "%1: not a file of at most %2 bytes, as a description is")  \
  X (KEY_MISSING, FORMAT, (TEXT, TEXT), "%1: %2: is missing")                                      \
  X (KEYS_OPEN, USAGE, (TEXT, TEXT), "%1: %2: is missing")                                         \
  X (KEY_UNKNOWN, FORMAT, (TEXT, TEXT, TEXT), "%1: %2: no description has such a key")             \
  X (KEY_KIND, FORMAT, (TEXT, TEXT, WORD), "%1: %2: must be %3")                                   \
  X (KEY_NAME, FORMAT, (TEXT, TEXT, TEXT), "%1: %2: must be %3")                                   \
  X (KEY_WHOLE, FORMAT, (TEXT, TEXT, WHOLE, WHOLE), "%1: %2: must be a whole number, %3 … %4")     \
  X (KEY_NUMBER, FORMAT, (TEXT, TEXT, WHOLE, WHOLE), "%1: %2: must be a number, %3 … %4")          \
  X (KEY_OUTSIDE, FORMAT, (TEXT, TEXT, WHOLE, WHOLE, WHOLE), "%1: %2: %3 is not within %4 … %5")   \
  X (KEY_IMPOSSIBLE, FORMAT, (TEXT, TEXT, WHOLE), "%1: %2: %3 is impossible")                      \
  X (KEY_FORMAT, FORMAT, (TEXT, TEXT, TEXT), "%1: format: \"%2\" is not known")                    \
  X (KEY_LATENT, FORMAT, (TEXT),                                                                   \
     "%1: pixels: must be rgb, grey or rgba; a network of latents needs an autoencoder, and "      \
     "there is none here")                                                                         \
  X (KEY_PIXELS, FORMAT, (TEXT), "%1: pixels: an upsampler is of colour pictures")                 \
  X (KEY_ODD, FORMAT, (TEXT, WHOLE), "%1: model_channels: %2 is odd")                              \
  X (KEY_HEADS, FORMAT, (TEXT, TEXT, WHOLE, WHOLE),                                                \
     "%1: %2: %3 does not divide the %4 channels of a level with attention")                       \
  X (KEY_POOL_CHANNELS, FORMAT, (TEXT),                                                            \
     "%1: num_head_channels: the pool \"attention\" needs a number of channels, not -1")           \
  X (MULT_OUTSIDE, FORMAT, (TEXT, REAL, REAL, WHOLE),                                              \
     "%1: channel_mult: %2 makes a level of %3 channels, not within 1 … %4")                       \
  X (MULT_UNEVEN, FORMAT, (TEXT, REAL, WHOLE, WHOLE),                                              \
     "%1: channel_mult: %2 makes a level of %3 channels, not a multiple of %4")                    \
  X (LEVELS, FORMAT, (TEXT, WHOLE, WHOLE, WHOLE),                                                  \
     "%1: image_size: %2 cannot be halved %3 times, as %4 levels need")                            \
  X (ATTENTION_SIDE, FORMAT, (TEXT, WHOLE, WHOLE),                                                 \
     "%1: attention_resolutions: %2 is not the side of any level of %3 px pictures")               \
  X (DEFAULTS_ETA_ALONE, FORMAT, (TEXT, TEXT), "%1: %2: eta: only the sampler ddim has one")       \
  X (TENSORS_SILENT, FORMAT, (TEXT, TEXT), "%1: the tensors do not tell %2")                       \
  X (TENSORS_OTHER, FORMAT, (TEXT),                                                                \
     "%1: its tensors are not those of an ablated diffusion model or classifier")                  \
  X (TENSORS_NEAR, FORMAT, (TEXT),                                                                 \
     "%1: its tensors are not quite those of an ablated diffusion model")                          \
  X (TENSORS_AMBIGUOUS, FORMAT, (TEXT, WHOLE), "%1: its tensors fit %2 different networks")        \
  X (TENSOR_MISSING, SHAPE, (TEXT, TEXT, TEXT), "%1: tensor %2 [%3] is missing")                   \
  X (TENSOR_SHAPE, SHAPE, (TEXT, TEXT, TEXT, TEXT), "%1: tensor %2 has shape [%3], expected [%4]") \
  X (TENSOR_FOREIGN, SHAPE, (TEXT, TEXT), "%1: tensor %2 does not belong to this network")         \
  X (PARAMETERS_MANY, FORMAT, (TEXT), "%1: more parameters than can be counted")                   \
  X (NETWORK_DIMENSIONS, FORMAT, (TEXT, WHOLE, WHOLE),                                             \
     "%1: is a %2-D network (input_blocks.0.0.weight has %3 dimensions), and pictures have two")   \
  X (NETWORK_CHANNELS, FORMAT, (TEXT, WHOLE),                                                      \
     "%1: is a network of %2 input channels, neither grey, RGB or RGBA pictures nor an upsampler " \
     "of RGB ones")                                                                                \
  X (NETWORK_SHARD, FORMAT, (TEXT),                                                                \
     "%1: is one shard of several: its network is whole only with the others")                     \
  X (NETWORK_STABLE, FORMAT, (TEXT),                                                               \
     "%1: is a Stable Diffusion network, which works on latents and text")                         \
  X (NETWORK_DIFFUSERS, FORMAT, (TEXT), "%1: is a diffusers network, whose layers are others")     \
  X (SIDECAR_NEEDLESS, USAGE, (TEXT),                                                              \
     "%1: describes itself in its metadata, which comes before any file beside it")                \
  X (SIDECAR_EXTENSION, USAGE, (TEXT), "%1: weights need another extension than .json")            \
  X (SIDECAR_THERE, USAGE, (TEXT), "%1: is there already")                                         \
  X (SIDECAR_MODEL, USAGE, (TEXT),                                                                 \
     "%1: is a model's description, and a network's would have the same name")                     \
  X (ANSWER_UNKNOWN, USAGE, (TEXT, TEXT),                                                          \
     "%1: there is no key of a description; did you mean %2?")                                     \
  X (PUBLISHED_UNKNOWN, USAGE, (TEXT), "recognised_as: no published checkpoint is called %1")      \
  X (MODEL_UNKNOWN, IO, (TEXT), "%1: no model of that name and no such file")                      \
  X (MODEL_TWICE, USAGE, (TEXT, TEXT, TEXT), "%1: its id \"%2\" belongs to %3 already")            \
  X (PUBLISHED_TWICE, USAGE, (TEXT, TEXT, TEXT),                                                   \
     "%1: has the tensors of %2, which was found first as %3")                                     \
  X (PART_ALONE, USAGE, (TEXT, WORD), "%1: %2 that belongs to no model here")                      \
  X (PART_MISSING, USAGE, (TEXT, WORD, TEXT, TEXT), "model %1 lacks its %2")                       \
  X (PART_NONE, USAGE, (TEXT, WORD), "model %1 has no %2")                                         \
  X (PART_KIND, SHAPE, (TEXT, WORD, WORD), "%1: holds %2, not %3")                                 \
  X (PART_NOT, SHAPE, (TEXT, WORD), "%1 is no %2")                                                 \
  X (CLASSES_OPEN, IO, (TEXT, ERRNO), "%1: the class names cannot be opened: %2")                  \
  X (CLASSES_KIND, FORMAT, (TEXT), "%1: class names must be a text file of at most 4 MiB")         \
  X (CLASSES_ENCODING, FORMAT, (TEXT), "%1: the class names are not UTF-8 text")                   \
  X (CLASSES_MANY, FORMAT, (TEXT, WHOLE), "%1: more than %2 class names")                          \
  X (CLASSES_HOLE, FORMAT, (TEXT, WHOLE), "%1: line %2 is empty, but class names follow")          \
  X (CLASSES_COUNT, SHAPE, (TEXT, WHOLE, WHOLE), "%1: %2 class names for %3 labels")               \
  X (MODEL_SIZE, SHAPE, (TEXT, WHOLE, WHOLE),                                                      \
     "%1: image_size: %2, but the diffusion model makes %3 px pictures")                           \
  X (MODEL_NULL, SHAPE, (TEXT, WHOLE, WHOLE), "%1: null_class: %2, but the network has %3 labels") \
  X (CLASSIFIER_SIZE, SHAPE, (TEXT, WHOLE, WHOLE),                                                 \
     "%1: a classifier for %2 px pictures, but the diffusion model makes %3 px")                   \
  X (CLASSIFIER_LOADED, SHAPE, (TEXT, WHOLE, WHOLE),                                               \
     "%1 is for %2 px pictures, the diffusion model for %3 px")                                    \
  X (CLASSIFIER_STEPS, SHAPE, (TEXT, WHOLE, TEXT, WHOLE),                                          \
     "%1 was trained with %2 diffusion steps, and model %3 with %4")                               \
  X (CLASSIFIER_SCHEDULE, SHAPE, (TEXT, TEXT, TEXT, TEXT),                                         \
     "%1 was trained with a %2 noise schedule, and model %3 with a %4 one")                        \
  X (CLASSIFIER_CHANNELS, SHAPE, (TEXT, WHOLE, TEXT, WHOLE),                                       \
     "%1 knows pictures of %2 channels, and model %3 makes %4")                                    \
  X (UPSAMPLER_SIZE, SHAPE, (TEXT, WHOLE, WHOLE, WHOLE),                                           \
     "%1: upsamples %2 px pictures to %3 px, but the diffusion model makes %4 px")                 \
  X (UPSAMPLER_INPUT, SHAPE, (TEXT, WHOLE, TEXT, WHOLE),                                           \
     "%1 enlarges %2 px pictures, and model %3 makes %4 px")                                       \
  X (CLASS_NAMELESS, USAGE, (TEXT), "class: %1 has no names for its classes")                      \
  X (CLASS_NUMBER, USAGE, (TEXT, TEXT), "class: model %1 has no names for its classes")            \
  X (CLASS_UNKNOWN, USAGE, (TEXT, TEXT), "class: model %1 has no class named \"%2\"")              \
  X (CLASS_NEAR, USAGE, (TEXT, TEXT, TEXT), "class: model %1 has no class named \"%2\"")           \
  X (CLASS_AMBIGUOUS, USAGE, (TEXT, TEXT, TEXT), "class: \"%1\" could be %2 of model %3")          \
  X (CLASS_TWINS, USAGE, (TEXT, TEXT, TEXT), "class: \"%1\" could be %2 of model %3")              \
  X (CLASS_NULL, USAGE, (TEXT, WHOLE), "class: model %1 has no null class")                        \
  X (CLASS_RANGE, USAGE, (TEXT, WHOLE, TEXT),                                                      \
     "class: %1 is not within 0 … %2, the classes of model %3")                                    \
  X (NETWORK_DEEP, MEMORY, (NONE), "this network is too deep or too large to plan")                \
  X (NETWORK_UNCOUNTED, SHAPE, (NONE), "the network's weights are too large to count")             \
  X (NETWORK_POOL, SHAPE, (NONE), "a classifier without a pool")                                   \
  X (NETWORK_BUG, MEMORY, (NONE), "the workspace was planned too small")                           \
  X (NETWORK_MEMORY, MEMORY, (TEXT, MIB, MIB, MIB, MIB, WORD),                                     \
     "%1: needs %2 MiB (%3 of weights, %4 to work in), %5 MiB are %6")                             \
  X (NETWORK_MEMORY_HALF, MEMORY, (TEXT, MIB, MIB, MIB, MIB, WORD),                                \
     "%1: needs %2 MiB (%3 of weights, %4 to work in), %5 MiB are %6")                             \
  X (NETWORK_WEIGHTS, MEMORY, (TEXT, MIB), "%1: no memory for %2 MiB of weights")                  \
  X (NETWORK_LIMIT, MEMORY, (MIB, MIB, MIB),                                                       \
     "%1 MiB of workspace beside %2 MiB of weights are more than the %3 MiB allowed")              \
  X (MODEL_MEMORY, MEMORY, (TEXT, MIB, WORD, MIB), "model %1 needs %2 MiB %3, %4 MiB are free")    \
  X (MODEL_LIMIT, MEMORY, (TEXT, MIB, WORD, MIB), "model %1 needs %2 MiB %3, %4 MiB are allowed")  \
  X (MODEL_HALF, MEMORY, (TEXT, MIB, WORD, MIB, WORD, MIB),                                        \
     "model %1 needs %2 MiB %3, %4 MiB are %5")                                                    \
  X (IMAGES_FEW, USAGE, (WHOLE), "%1 images cannot be evaluated")                                  \
  X (LOW_MISSING, USAGE, (NONE), "an upsampler needs a low-resolution picture")                    \
  X (LOW_UNWANTED, USAGE, (NONE), "this network takes no low-resolution picture")                  \
  X (LOW_SIZE, SHAPE, (WHOLE, WHOLE, WHOLE),                                                       \
     "the low-resolution picture is %1 x %2 px; this upsampler takes %3 x %3")                     \
  X (NO_GRADIENT, USAGE, (NONE), "only a classifier has a gradient")                               \
  X (NO_FEATURES, USAGE, (NONE), "only a classifier has features")                                 \
  X (KERNELS_UNKNOWN, USAGE, (TEXT, TEXT, TEXT), "there are no kernels '%1'")                      \
  X (KERNELS_LACKING, USAGE, (TEXT, TEXT), "this processor lacks what the kernels '%1' need")      \
  X (OUTPUT_VALUE, VALUE, (TEXT, WHOLE, WHOLE, WHOLE),                                             \
     "%1: the network's output: NaN or infinity at step %2 of %3 (timestep %4)")                   \
  X (GRADIENT_VALUE, VALUE, (TEXT, WHOLE, WHOLE, WHOLE),                                           \
     "%1: the classifier's gradient: NaN or infinity at step %2 of %3 (timestep %4)")              \
  X (PICTURE_VALUE, VALUE, (WHOLE, WHOLE, WHOLE),                                                  \
     "the picture: NaN or infinity at step %1 of %2 (timestep %3)")                                \
  X (PICTURE_GUIDED, VALUE, (WHOLE, WHOLE, WHOLE),                                                 \
     "the picture: NaN or infinity at step %1 of %2 (timestep %3)")                                \
  X (BATCH_VALUE, VALUE, (WHOLE), "the network's output at timestep %1 holds NaN or infinity")     \
  X (SCALE_UNGUIDED, USAGE, (REAL), "scale: %1 needs a classifier and a label")                    \
  X (GUIDANCE_INTERVAL, USAGE, (REAL, REAL), "guidance interval: %1 to %2 is none")                \
  X (THRESHOLD_SAMPLER, USAGE, (NONE),                                                             \
     "threshold: only the samplers dpm++2m and sde-dpm++2m have one")                              \
  X (SAMPLER_NUMBER, USAGE, (WHOLE), "sampler: number %1 is not a sampler")                        \
  X (STEPS_OUTSIDE, USAGE, (WHOLE, WHOLE),                                                         \
     "steps: %1 is not within 2 … %2, the steps this network was trained with")                    \
  X (STEPS_FEW, USAGE, (WHOLE, TEXT, REAL, WHOLE),                                                 \
     "diffusion_steps: %1 is too few for a %2 noise schedule (beta %3 at timestep %4)")            \
  X (SCHEDULE_UNKNOWN, USAGE, (NONE), "noise_schedule: unknown")                                   \
  X (RESPACING_SPELLING, USAGE, (TEXT), "respacing \"%1\": not a spelling of steps")               \
  X (RESPACING_MANY, USAGE, (TEXT, WHOLE, WHOLE),                                                  \
     "respacing \"%1\": %2 steps do not fit in %3 timesteps")                                      \
  X (RESPACING_LIST, USAGE, (TEXT),                                                                \
     "respacing \"%1\": t= must be followed by timesteps between commas, as in t=0,300,600,990")   \
  X (RESPACING_ORDER, USAGE, (TEXT, WHOLE, WHOLE),                                                 \
     "respacing \"%1\": timestep %2: they must ascend and be below %3")                            \
  X (RESPACING_DDIM, USAGE, (TEXT),                                                                \
     "respacing \"%1\": ddim must be followed by a number of steps, as in ddim25")                 \
  X (RESPACING_STRIDE, USAGE, (TEXT, WHOLE, WHOLE),                                                \
     "respacing \"%1\": no stride divides %2 timesteps into exactly %3")                           \
  X (RESPACING_ONE, USAGE, (TEXT),                                                                 \
     "respacing \"%1\": leaves 1 step, but sampling needs at least 2")                             \
  X (RESPACING_FEW, USAGE, (TEXT, WHOLE),                                                          \
     "respacing \"%1\": leaves %2 steps, but sampling needs at least 2")                           \
  X (CANVAS_SIZE, USAGE, (WHOLE, WHOLE, WHOLE), "a picture of %1 x %2 px cannot be made")          \
  X (CANVAS_UNSIZED, USAGE, (NONE), "a mask or a picture to start from needs the size")            \
  X (CANVAS_MASK, USAGE, (NONE), "what the mask keeps is missing")                                 \
  X (CANVAS_RESAMPLINGS, USAGE, (NONE), "jump length and resamplings must be 1 or more")           \
  X (CANVAS_CLASSES, USAGE, (WHOLE, WHOLE), "%1 classes cannot be mixed")                          \
  X (CANVAS_WEIGHT, USAGE, (REAL), "weight %1 of a class cannot be")                               \
  X (CANVAS_CHANNELS, USAGE, (WHOLE),                                                              \
     "canvases are made of RGB networks only, and this one has %1 channels")                       \
  X (CANVAS_NOISE, USAGE, (NONE),                                                                  \
     "a canvas needs a seed; noise belongs to the network's own size")                             \
  X (CANVAS_MEMORY, MEMORY, (MIB, MIB, MIB, WORD),                                                 \
     "this picture needs %1 MiB while it is made, beside %2 MiB for the networks; %3 MiB are %4")  \
  X (ENCODE_GUIDED, USAGE, (NONE), "encoding takes neither a gradient scale nor noise")            \
  X (GUIDE_CLASSLESS, USAGE, (NONE), "a gradient scale above 0 needs a class to guide to")         \
  X (GUIDE_OUTSIDE, USAGE, (WHOLE, WHOLE), "the classifier cannot guide to class %1")              \
  X (GUIDE_FREE, USAGE, (TEXT),                                                                    \
     "classifier-free guidance needs a network with a null class; model %1 has none")              \
  X (TILES_SOURCE, USAGE, (NONE), "tiles need a low-resolution picture and a seed, not noise")     \
  X (TILES_FACTOR, USAGE, (WHOLE, WHOLE),                                                          \
     "this upsampler makes %1 px from %2 px, no whole factor: tiles are not possible")             \
  X (VARIATION, USAGE, (NONE), "a variation must be from 0 to 1, and needs a seed, not noise")     \
  X (NOISE_STEPS, SHAPE, (WHOLE, WHOLE), "the noise is for %1 steps, and there are %2")            \
  X (FEATURES_FILE, SHAPE, (TEXT), "%1: only a classifier has features")                           \
  X (FEATURES_SETS, SHAPE, (TEXT, WHOLE, TEXT, WHOLE), "%1 has %2 features of a picture, %3 %4")   \
  X (FEATURES_WIDTH, SHAPE, (TEXT, WHOLE, WHOLE, WHOLE, WHOLE),                                    \
     "%1: its features have %2 and %3 numbers, the others' %4 and %5")                             \
  X (FEATURES_COUNT, SHAPE, (TEXT, WHOLE, WHOLE),                                                  \
     "%1: its features and spatial features are of %2 and %3 pictures")                            \
  X (FEATURES_MEMORY, MEMORY, (TEXT, WHOLE, MIB, MIB),                                             \
     "%1: the features of its %2 pictures take %3 MiB, more than the %4 MiB that are left")        \
  X (FEATURES_UNTOLD, USAGE, (TEXT), "%1: holds pictures")                                         \
  X (FEATURES_KIND, FORMAT, (TEXT),                                                                \
     "%1: holds neither pictures (uint8 [N,H,W,3] or float32 [N,3,H,W]) nor features (pool_3 "     \
     "[N,D])")                                                                                     \
  X (FEATURES_FITTED, FORMAT, (TEXT),                                                              \
     "%1: holds neither pictures (uint8 [N,H,W,3] or float32 [N,3,H,W]) nor features (pool_3 "     \
     "[N,D]), and statistics are for the reference")                                               \
  X (STATISTICS_SHAPE, SHAPE, (TEXT, TEXT, TEXT),                                                  \
     "%1: %2 and %3 must be a mean [D] and a covariance [D,D] of floating-point numbers")          \
  X (STATISTICS_VALUE, VALUE, (NONE), "the eigenvalues of a covariance do not converge")           \
  X (SOFTMAX_SHAPE, SHAPE, (TEXT, WHOLE),                                                          \
     "%1: its shape must be [%2,K], the features' width and the classes")                          \
  X (PICTURES_SIZE, SHAPE, (TEXT, WHOLE, WHOLE, TEXT, WHOLE, WHOLE),                               \
     "%1: holds a picture of %2 x %3 px, and classifier %4 sees %5 x %6")                          \
  X (PICTURES_FEW, USAGE, (TEXT, WHOLE), "%1: holds %2 pictures; two or more are needed")          \
  X (PICTURES_NONE, FORMAT, (TEXT), "%1: holds no PNG or JPEG files")                              \
  X (NEIGHBOURS, USAGE, (WHOLE, WHOLE),                                                            \
     "precision and recall need more than %1 pictures in each set, and a k from 1 to %2")          \
  X (INCEPTION_MISSING, SHAPE, (TEXT, TEXT), "%1: tensor %2 is missing")                           \
  X (INCEPTION_SHAPE, SHAPE, (TEXT, TEXT),                                                         \
     "%1: tensor %2 has another shape than the FID Inception network's")                           \
  X (NO_LIKELIHOOD, SHAPE, (NONE), "only a diffusion network has a likelihood")                    \
  X (LIKELIHOOD_CLASS, USAGE, (WHOLE), "this network has classes")                                 \
  X (TEACH_REQUEST, USAGE, (WORD), "teaching: %1")                                                 \
  X (TEACH_KIND, USAGE, (TEXT), "%1: not a diffusion network")                                     \
  X (TEACH_GRADIENT, VALUE, (WHOLE), "step %1: a gradient is not finite")                          \
  X (TRAIN_REQUEST, USAGE, (WORD), "training: %1")                                                 \
  X (TRAIN_KIND, USAGE, (WORD, WORD), "this is the description of %1, not of %2")                  \
  X (TRAIN_SIZE, USAGE, (WHOLE, WHOLE), "the network's pictures are %1 px, not %2")                \
  X (TRAIN_SMALL, USAGE, (NONE),                                                                   \
     "an upsampler's small_size must be there and divide its image_size")                          \
  X (TRAIN_CLASSLESS, USAGE, (TEXT), "%1: the network has classes, the pictures have none")        \
  X (TRAIN_CLASSES, USAGE, (TEXT, WHOLE, WHOLE), "%1: %2 classes are more than the network's %3")  \
  X (TRAIN_CLASSES_NONE, USAGE, (TEXT, WHOLE, WHOLE),                                              \
     "%1: %2 classes and \"no class\" are more than the network's %3")                             \
  X (TRAIN_LABELS, USAGE, (NONE), "without classes there are no labels to drop")                   \
  X (TRAIN_MEMORY, MEMORY, (TEXT, WHOLE, MIB, MIB, MIB, WORD),                                     \
     "%1: training %2 pictures at once needs %3 MiB (%4 of them to work in), %5 MiB are %6")       \
  X (TRAIN_LOSS, VALUE, (WHOLE, WHOLE, TEXT, WHOLE),                                               \
     "step %1: the loss is not finite at timestep %2; %3 is that of step %4")                      \
  X (TRAIN_GRADIENT, VALUE, (WHOLE, TEXT, WHOLE),                                                  \
     "step %1: a gradient is not finite; %2 is that of step %3")                                   \
  X (TRAIN_STOPPED, CANCELLED, (NONE), "training was stopped")                                     \
  X (CHECKPOINT_THERE, USAGE, (TEXT), "%1: a training's checkpoint stands there")                  \
  X (CHECKPOINT_NOT, FORMAT, (TEXT), "%1: not a checkpoint of a training")                         \
  X (CHECKPOINT_OTHER, USAGE, (TEXT, WHOLE, WHOLE, WHOLE),                                         \
     "%1: was trained with seed %2, batch %3 and %4 pictures")                                     \
  X (CHECKPOINT_TENSOR, SHAPE, (TEXT, TEXT),                                                       \
     "%1: %2 is missing or of another size: it is another training's")                             \
  X (LOSS_STEP, VALUE, (WHOLE), "the loss is not finite at timestep %1")                           \
  X (LOSS_GRADIENT, VALUE, (NONE), "a gradient is not finite")                                     \
  X (LOSS_IMAGE, VALUE, (TEXT, WHOLE),                                                             \
     "%1: the loss of image %2 is NaN or infinity: its weights are unusable for this input")       \
  X (LOSS_CLASSIFIER, USAGE, (NONE), "a classifier's loss is its cross entropy")                   \
  X (LOSS_DIFFUSION, USAGE, (NONE), "only a classifier has a cross entropy")                       \
  X (PICTURES_UNREADABLE, IO, (WHOLE, TEXT), "none of the %1 pictures can be read: %2")            \
  X (FOLDER_MIXED, IO, (TEXT, WHOLE), "%1: holds %2 pictures beside its class folders")            \
  X (ADAPTER_NOT, FORMAT, (TEXT), "%1: not an adapter")                                            \
  X (ADAPTER_SILENT, FORMAT, (TEXT), "%1: an adapter that does not say what it is")                \
  X (ADAPTER_SIZE, SHAPE, (TEXT, TEXT),                                                            \
     "%1: its change of %2 is of another size: the adapter is another network's")                  \
  X (ADAPTER_LABEL, SHAPE, (TEXT),                                                                 \
     "%1: its label is of another size: the adapter is another network's")                         \
  X (ADAPTER_OTHER, USAGE, (TEXT, TEXT, TEXT, TEXT),                                               \
     "%1: was taught to other weights (their checksum is %2) than %3 (%4)")                        \
  X (TAUGHT_NAME, USAGE, (TEXT, TEXT), "the name \"%1\" %2")                                       \
  X (TAUGHT_CLASS, USAGE, (TEXT, TEXT),                                                            \
     "class: \"%1\" was taught to model %2 and stands alone: it can be neither mixed "             \
     "with other classes nor guided to by a classifier")                                           \
  X (TAUGHT_MODEL, USAGE, (TEXT, TEXT), "%1: model %2 has no diffusion network to add it to")      \
  X (TAUGHT_MIXED, USAGE, (NONE),                                                                  \
     "a taught class cannot be mixed with other classes: its network is another")                  \
  X (TAUGHT_GUIDED, USAGE, (NONE), "no classifier knows a taught class")                           \
  X (TAUGHT_KIND, USAGE, (TEXT),                                                                   \
     "%1: no diffusion network; a taught class needs the one it was taught to")                    \
  X (TAUGHT_ALONE, IO, (TEXT), "%1: was taught to weights that are not here")                      \
  X (TAUGHT_CHECKPOINT, FORMAT, (TEXT), "%1: not a taught class's checkpoint")                     \
  X (TAUGHT_OTHER, USAGE, (TEXT, WHOLE, WHOLE, WHOLE, WHOLE),                                      \
     "%1: was taught with seed %2, batch %3, rank %4 and %5 pictures")

typedef enum adm_error_code {
#define ADM_CODE(name, status, facts, sentence) ADM_CODE_##name,
  ADM_ERROR_CODES (ADM_CODE)
#undef ADM_CODE
      ADM_CODES /* how many there are */
} adm_error_code;

#endif
