/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plug-in as GIMP sees it: which procedures there are, where its translations lie, and what to
 * do before it quits.
 */
#include <glib/gi18n-lib.h>
#include <libgimp/gimp.h>

#include "fill.h"
#include "generate.h"
#include "insert.h"
#include "job.h"
#include "upscale.h"
#include "window.h"

#define ADM_TYPE_PLUG_IN (adm_plug_in_get_type ())
G_DECLARE_FINAL_TYPE (AdmPlugIn, adm_plug_in, ADM, PLUG_IN, GimpPlugIn)

struct _AdmPlugIn {
  GimpPlugIn parent_instance;
};

G_DEFINE_TYPE (AdmPlugIn, adm_plug_in, GIMP_TYPE_PLUG_IN)

static GList *
query_procedures (GimpPlugIn *plug_in G_GNUC_UNUSED)
{
  GList *names = g_list_append (NULL, g_strdup (GENERATE_PROCEDURE));

  names = g_list_append (names, g_strdup (FILL_PROCEDURE));
  names = g_list_append (names, g_strdup (UPSCALE_PROCEDURE));
  return g_list_append (names, g_strdup (INSERT_PROCEDURE));
}

static GimpProcedure *
create_procedure (GimpPlugIn *plug_in, const char *name)
{
  if (g_str_equal (name, GENERATE_PROCEDURE))
    return generate_create (plug_in);
  if (g_str_equal (name, FILL_PROCEDURE))
    return fill_create (plug_in);
  if (g_str_equal (name, UPSCALE_PROCEDURE))
    return upscale_create (plug_in);
  if (g_str_equal (name, INSERT_PROCEDURE))
    return insert_create (plug_in);
  return NULL;
}

/* The catalogues lie in the folder "locale" beside the program, which is GIMP's default. Without
 * that folder the texts stay English: saying so here spares the user GIMP's warning. */
static gboolean
set_i18n (GimpPlugIn *plug_in G_GNUC_UNUSED, const char *procedure_name G_GNUC_UNUSED,
          char **domain, char **folder G_GNUC_UNUSED)
{
  g_autofree char *beside = g_path_get_dirname (gimp_get_progname ()),
                  *locale = g_build_filename (beside, "locale", NULL);
  gboolean translated = g_file_test (locale, G_FILE_TEST_IS_DIR);

  if (translated)
    *domain = g_strdup (GETTEXT_PACKAGE);
  return translated;
}

/* Also called when GIMP goes away while a job runs. */
static void
quit (GimpPlugIn *plug_in)
{
  job_stop (G_OBJECT (plug_in));
  window_stop (G_OBJECT (plug_in));
}

static void
adm_plug_in_class_init (AdmPlugInClass *class)
{
  GimpPlugInClass *plug_in_class = GIMP_PLUG_IN_CLASS (class);

  plug_in_class->query_procedures = query_procedures;
  plug_in_class->create_procedure = create_procedure;
  plug_in_class->set_i18n = set_i18n;
  plug_in_class->quit = quit;
}

static void
adm_plug_in_init (AdmPlugIn *self G_GNUC_UNUSED)
{
}

GIMP_MAIN (ADM_TYPE_PLUG_IN)
