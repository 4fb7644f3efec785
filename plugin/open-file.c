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

static const char *
question_words (const char *topic)
{
  if (g_str_equal (topic, "image_size"))
    return _ ("How large are its pictures?");
  if (g_str_equal (topic, "heads"))
    return _ ("How many heads has its attention?");
  if (g_str_equal (topic, "use_new_attention_order"))
    return _ ("In which order are the channels of its attention?");
  if (g_str_equal (topic, "noise_schedule"))
    return _ ("Which noise schedule was it trained with?");
  if (g_str_equal (topic, "recognised_as"))
    return _ ("Which of these published files is it?");
  if (g_str_equal (topic, "pixels"))
    return _ ("What is its fourth channel?");
  if (g_str_equal (topic, "diffusion_steps"))
    return _ ("How many steps does its noise have?");
  if (g_str_equal (topic, "predict_xstart"))
    return _ ("Does it predict the picture instead of the noise?");
  if (g_str_equal (topic, "sigma_small"))
    return _ ("Does it sample with the smaller variance?");
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
