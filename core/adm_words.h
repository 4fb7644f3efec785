/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libadm: words and phrases that are facts of an error. They come from this list alone, so that
 * they can be translated; a code's sentence (adm_codes.h) decides how they stand in it. */
#ifndef ADM_WORDS_H
#define ADM_WORDS_H

#define ADM_ERROR_WORDS(X)                                                                         \
  X (A_DIFFUSION_MODEL, "a diffusion model")                                                       \
  X (AN_UPSAMPLER, "an upsampler")                                                                 \
  X (A_CLASSIFIER, "a classifier")                                                                 \
  X (DIFFUSION_MODEL, "diffusion model")                                                           \
  X (UPSAMPLER, "upsampler")                                                                       \
  X (CLASSIFIER, "classifier")                                                                     \
  X (FREE, "free")                                                                                 \
  X (ALLOWED, "allowed")                                                                           \
  X (TO_RUN, "to run")                                                                             \
  X (TO_UPSAMPLE, "to upsample")                                                                   \
  X (A_NETWORK, "a network")                                                                       \
  X (A_MODEL, "a model's names")                                                                   \
  X (MODELS, "the list of models")                                                                 \
  X (A_PICTURE, "a picture")                                                                       \
  X (A_SESSION, "a session")                                                                       \
  X (A_SCHEDULE, "a noise schedule")                                                               \
  X (FEATURES, "the features' statistics")                                                         \
  X (SCORES, "the scores")                                                                         \
  X (A_TAUGHT_CLASS, "a taught class")                                                             \
  X (A_CHECKPOINT, "a checkpoint")                                                                 \
  X (AN_ADAPTER, "an adapter")                                                                     \
  X (TRAINING, "training")                                                                         \
  X (READING, "reading pictures")                                                                  \
  X (WHOLE_NUMBER, "a whole number of possible size")                                              \
  X (TRUE_FALSE, "true or false")                                                                  \
  X (DEFAULTS, "an object with sampler, steps, scale and eta")                                     \
  X (TEXT_THERE, "a text that is not empty")                                                       \
  X (MULTS, "a list of 1 to 8 numbers above 0")                                                    \
  X (SIDES, "a list of at most 8 whole numbers")                                                   \
  X (IN_CHANNELS, "1 (grey), 3 (colours) or, with \"pixels\": \"rgba\", 4")                        \
  X (HEADS, "above 0 where num_head_channels is -1")                                               \
  X (MANY_VALUES, "holds too many values")                                                         \
  X (MANY_ITEMS, "holds too many items")                                                           \
  X (DEEP, "is nested too deep")                                                                   \
  X (NO_VALUE, "takes a value that is not there")                                                  \
  X (CLOSES, "closes what was not opened")                                                         \
  X (ADDS, "adds items to something else than a list or dict")                                     \
  X (STORAGE_NAME, "names a storage in an unknown way")                                            \
  X (STORAGE_VIEW, "uses a view of a storage")                                                     \
  X (CALLS, "calls something")                                                                     \
  X (ARGUMENTS, "calls something with unknown arguments")                                          \
  X (ENDLESS_LINE, "holds an endless line")                                                        \
  X (REMEMBERS_NOTHING, "remembers a value that is not there")                                     \
  X (REMEMBERS_MUCH, "remembers too much")                                                         \
  X (RECALLS, "recalls what it never remembered")                                                  \
  X (PROTOCOL, "is of another protocol than 2")                                                    \
  X (STOPS, "stops in the middle")                                                                 \
  X (HUGE_STRING, "holds a huge string")                                                           \
  X (CHANGES, "changes an object")                                                                 \
  X (OPCODE, "holds an opcode that weights do not need")                                           \
  X (LACKS_PLACE, "lacks dtype, shape or data_offsets")                                            \
  X (MANY_DIMENSIONS, "has too many dimensions")                                                   \
  X (BAD_SHAPE, "has an impossible shape")                                                         \
  X (BAD_OFFSETS, "has data_offsets that do not fit its shape")                                    \
  X (PAST_FILE, "reaches past the end of the file")                                                \
  X (TWICE, "appears twice")                                                                       \
  X (HUGE_DESCRIPTION, "has a huge description")                                                   \
  X (NO_OBJECT, "is not an object")                                                                \
  X (BAD_STRIDES, "has a shape and strides that do not fit")                                       \
  X (NO_NUMBERS, "has a shape that is not numbers")                                                \
  X (PAST_SIZE, "reaches past any size")                                                           \
  X (BYTES_FOLLOW, "bytes follow the last tensor")                                                 \
  X (NO_STORAGES, "its list of storages is missing")                                               \
  X (BAD_STORAGES, "its list of storages does not fit its tensors")                                \
  X (HEADER_NO_JSON, "its header is not a JSON object")                                            \
  X (ZIP_CUT, "the zip is broken or cut short")                                                    \
  X (SHORT, "is empty or far too short")                                                           \
  X (RECORD_SUM, "a record's check sum is wrong")                                                  \
  X (PICKLE_ENDS, "its pickle ends early")                                                         \
  X (ZIP_EMPTY, "an empty zip is not a torch file")                                                \
  X (NO_FORMAT, "is neither safetensors nor a torch file")                                         \
  X (HEADER_DEEP, "its header holds too many values or is nested too deep")                        \
  X (DESCRIPTION_LARGE, "its description is too large")                                            \
  X (TENSORS_NAMELESS, "has tensors without names")                                                \
  X (NO_DICTIONARY, "holds no dictionary of tensors")                                              \
  X (NO_TENSORS, "holds no tensors")                                                               \
  X (OTHER_PICKLE, "is a pickle that torch did not write as weights")                              \
  X (TORCH_VERSION, "is of an unknown torch version")                                              \
  X (BYTE_ORDER, "its byte order is unknown")                                                      \
  X (TWO_WAYS, "is described in two ways")                                                         \
  X (STORAGE_PAST, "does not fit into the file")                                                   \
  X (STORAGE_EMPTY, "has no data")                                                                 \
  X (RECORD_MISSING, "is missing")                                                                 \
  X (RECORD_PACKED, "is compressed or encrypted, which torch never does")                          \
  X (RECORD_ODD, "is encrypted or packed as numpy.savez never does")                               \
  X (RECORD_NO_ARRAY, "is no array")                                                               \
  X (ARRAY_SIZE, "has a size that does not fit its shape")                                         \
  X (ARRAY_FEW, "has fewer elements")                                                              \
  X (ARRAY_SUM, "has a wrong check sum")                                                           \
  X (NO_NPY, "is not an .npy file")                                                                \
  X (NPY_CUT, "its header is cut short")                                                           \
  X (NPY_NO_TYPE, "does not say what numbers it holds")                                            \
  X (NPY_NO_SHAPE, "its shape cannot be read")                                                     \
  X (NPY_LARGE, "its shape is too large")                                                          \
  X (NPY_SIZE, "its size does not fit its shape; the file is cut short or broken")                 \
  X (NPZ_CUT, "is cut short")                                                                      \
  X (NO_NPZ, "is neither an .npz nor an .npy file")                                                \
  X (TEACH_PICTURES, "give 1 to 50 pictures")                                                      \
  X (TEACH_RANK, "the rank is within 1 … 64")                                                      \
  X (TEACH_NAME, "give the class a name of one line, neither a number nor \"none\"")               \
  X (MICROBATCH, "the pictures at once must divide the batch")                                     \
  X (NO_END, "say when it ends, by steps or by minutes")                                           \
  X (NO_RATE, "the learning rate must be above 0")                                                 \
  X (NO_INTERVAL, "the learning rate and the intervals must be above 0")                           \
  X (BAD_SHARE, "shares are between 0 and 1")                                                      \
  X (MANY_AVERAGES, "there can be at most 4 averages")                                             \
  X (ANNEAL, "a learning rate that goes down needs a number of steps")                             \
  X (NO_START, "give weights to start from or a description of a new network")                     \
  X (AVERAGE_RATE, "an average's rate is between 0 and 1")                                         \
  X (V_THREADS, "threads")                                                                         \
  X (V_TIMESTEP, "timestep")                                                                       \
  X (V_CLASS, "class")                                                                             \
  X (V_STEPS, "diffusion_steps")                                                                   \
  X (V_IMAGES, "number of images")                                                                 \
  X (V_SCALE, "scale")                                                                             \
  X (V_ETA, "eta")                                                                                 \
  X (V_THRESHOLD, "threshold")                                                                     \
  X (V_TEXTURE, "texture size")                                                                    \
  X (V_ANCHOR, "anchor")                                                                           \
  X (V_STRENGTH, "strength")                                                                       \
  X (RECORD_CUT, "a record is broken")                                                             \
  X (NO_TENSOR, "is missing or of another size")

typedef enum adm_word {
#define ADM_WORD(name, english) ADM_WORD_##name,
  ADM_ERROR_WORDS (ADM_WORD)
#undef ADM_WORD
      ADM_WORDS /* how many there are */
} adm_word;

#endif
