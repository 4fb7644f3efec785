/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Kills the plug-in at a chosen point of its run. Preloaded into GIMP and all it starts, it acts in
 * the plug-in's processes alone: before the N-th call of one of libgimp's functions in a process,
 * that process gets SIGKILL; or, when the order says "others", the plug-in's other processes do,
 * and this one goes on. The order stands in the file that ADM_TEST_KILL names: "FUNCTION N
 * self|others". The first process that carries it out removes the file, which is the proof that the
 * point was reached. */
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <libgimp/gimp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char program[512], function[64], whom[16];
static int countdown;

static gboolean
program_of (const char *process, char *path, size_t size)
{
  char link[64];
  g_snprintf (link, sizeof link, "/proc/%s/exe", process);
  ssize_t length = readlink (link, path, size - 1);
  path[MAX (length, 0)] = '\0';
  return length > 0;
}

static void __attribute__ ((constructor))
read_order (void)
{
  const char *file = getenv ("ADM_TEST_KILL");
  char text[128] = "";
  int order = file ? open (file, O_RDONLY | O_CLOEXEC) : -1;

  if (order < 0)
    return;
  if (program_of ("self", program, sizeof program) && g_str_has_suffix (program, "/plug-in-adm")
      && read (order, text, sizeof text - 1) > 0
      && sscanf (text, "%63s %d %15s", function, &countdown, whom) != 3)
    countdown = 0;
  close (order);
}

static void
kill_others (void)
{
  DIR *processes = opendir ("/proc");
  char other[512];
  struct dirent *entry;

  while (processes && (entry = readdir (processes))) {
    int id = atoi (entry->d_name);
    if (id > 0 && id != getpid () && program_of (entry->d_name, other, sizeof other)
        && strcmp (other, program) == 0)
      kill (id, SIGKILL);
  }
  if (processes)
    closedir (processes);
}

static void
reach (const char *name)
{
  if (countdown < 1 || strcmp (name, function) != 0 || --countdown > 0)
    return;
  if (unlink (getenv ("ADM_TEST_KILL")) != 0)
    return;
  if (strcmp (whom, "others") == 0)
    kill_others ();
  else
    kill (getpid (), SIGKILL);
}

#define NEXT(name) ((__typeof__ (&(name))) dlsym (RTLD_NEXT, #name))
#define WATCH(type, name, parameters, arguments)                                                   \
  type name parameters                                                                             \
  {                                                                                                \
    reach (#name);                                                                                 \
    return NEXT (name) arguments;                                                                  \
  }

WATCH (gboolean, gimp_progress_init, (const gchar *message), (message))
WATCH (gboolean, gimp_progress_update, (gdouble fraction), (fraction))
WATCH (gboolean, gimp_progress_end, (void), ())
WATCH (GimpLayer *, gimp_layer_new,
       (GimpImage * image, const gchar *name, gint width, gint height, GimpImageType type,
        gdouble opacity, GimpLayerMode mode),
       (image, name, width, height, type, opacity, mode))
WATCH (GeglBuffer *, gimp_drawable_get_buffer, (GimpDrawable * drawable), (drawable))
WATCH (gboolean, gimp_drawable_update,
       (GimpDrawable * drawable, gint x, gint y, gint width, gint height),
       (drawable, x, y, width, height))
WATCH (gboolean, gimp_item_attach_parasite, (GimpItem * item, const GimpParasite *parasite),
       (item, parasite))
WATCH (gboolean, gimp_image_undo_group_start, (GimpImage * image), (image))
WATCH (gboolean, gimp_image_insert_layer,
       (GimpImage * image, GimpLayer *layer, GimpLayer *parent, gint position),
       (image, layer, parent, position))
WATCH (gboolean, gimp_image_undo_group_end, (GimpImage * image), (image))
WATCH (gboolean, gimp_displays_flush, (void), ())
