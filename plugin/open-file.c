/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Questions about weights files: see open-file.h.
 */
#include "open-file.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct OpenFile {
  char *path;
  int count;
  adm_question asked[ADM_MAX_QUESTIONS];
  char **answers[ADM_MAX_QUESTIONS];
  UiQuestion shown[ADM_MAX_QUESTIONS];
};

static const struct {
  const char *topic, *words;
} questions[] = {
  { "image_size", N_ ("How large are its pictures?") },
  { "heads", N_ ("How many heads has its attention?") },
  { "use_new_attention_order", N_ ("In which order are the channels of its attention?") },
  { "noise_schedule", N_ ("Which noise schedule was it trained with?") },
  { "recognised_as", N_ ("Which of these published files is it?") },
  { "pixels", N_ ("What is its fourth channel?") },
  { "diffusion_steps", N_ ("How many steps does its noise have?") },
  { "predict_xstart", N_ ("Does it predict the picture instead of the noise?") },
  { "sigma_small", N_ ("Does it sample with the smaller variance?") },
};

static const char *
question_words (const char *topic)
{
  for (gsize i = 0; i < G_N_ELEMENTS (questions); i++)
    if (g_str_equal (topic, questions[i].topic))
      return _ (questions[i].words);
  return topic;
}

static char *
answer_words (const adm_answer *answer)
{
  int number = (int) g_ascii_strtoll (answer->value, NULL, 10);

  if (g_str_equal (answer->key, "image_size"))
    return g_strdup_printf (_ ("%d px"), number);
  if (g_str_equal (answer->key, "num_head_channels"))
    return g_strdup_printf (_ ("one for every %d channels"), number);
  if (g_str_equal (answer->key, "num_heads"))
    return g_strdup_printf (ngettext ("%d head", "%d heads", (gulong) number), number);
  if (g_str_equal (answer->key, "use_new_attention_order"))
    return g_strdup (g_str_equal (answer->value, "true")
                         ? _ ("queries, keys and values first: the newer order")
                         : _ ("heads first: the older order"));
  if (g_str_equal (answer->value, "linear"))
    return g_strdup (_ ("linear"));
  if (g_str_equal (answer->value, "cosine"))
    return g_strdup (_ ("cosine"));
  if (g_str_equal (answer->value, "rgba"))
    return g_strdup (C_ ("answer", "transparency"));
  if (g_str_equal (answer->value, "true"))
    return g_strdup (C_ ("answer", "yes"));
  if (g_str_equal (answer->value, "false"))
    return g_strdup (C_ ("answer", "no"));
  return g_strdup (answer->value);
}

OpenFile *
open_file_new (const char *path)
{
  OpenFile *file = g_new0 (OpenFile, 1);
  adm_error error;

  if (adm_file_questions (path, file->asked, &file->count, &error) != ADM_OK || file->count == 0) {
    g_free (file);
    return NULL;
  }
  file->path = g_strdup (path);
  for (int i = 0; i < file->count; i++) {
    const adm_question *asked = &file->asked[i];
    file->answers[i] = g_new0 (char *, (gsize) asked->count + 1);
    for (int k = 0; k < asked->count; k++)
      file->answers[i][k] = answer_words (&asked->answer[k]);
    file->shown[i] = (UiQuestion) { question_words (asked->topic),
                                    (const char *const *) file->answers[i], (gsize) asked->count };
  }
  return file;
}

void
open_file_free (OpenFile *file)
{
  if (!file)
    return;
  for (int i = 0; i < file->count; i++)
    g_strfreev (file->answers[i]);
  g_free (file->path);
  g_free (file);
}

UiOpenFile
open_file_view (const OpenFile *file)
{
  return (UiOpenFile) { file->path, file->shown, (gsize) file->count };
}

int
open_file_answers (const OpenFile *file, const int *chosen, adm_answer *answers)
{
  int n = 0;

  for (int i = 0; i < file->count; i++)
    if (chosen[i] >= 0 && chosen[i] < file->asked[i].count)
      answers[n++] = file->asked[i].answer[chosen[i]];
  return n;
}
