/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A disk that fails, loaded before a program: calls on files under one folder are counted by kind,
 * and one of them fails. Streams are made of cookies there, so that what the C library does inside
 * fread and fflush comes this way, too.
 *
 * ADM_BAD_DISK=FOLDER is the folder, ADM_BAD_CALL=KIND:N:HOW the call: KIND as in kinds, N from 1,
 * HOW an errno, followed by + when all later calls fail, too, or "short" for half of what was
 * asked. ADM_BAD_COUNTS=FILE gets a line "KIND COUNT" of each kind at the end. */
#undef _FILE_OFFSET_BITS /* both names of every call are defined here */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
  OPEN,
  CREATE,
  READ,
  WRITE,
  SEEK,
  STAT,
  SYNC,
  CLOSE,
  RENAME,
  REMOVE,
  LIST,
  KINDS,
  FILES = 1024,
  SHORT = -1
};
static const char *const kinds[KINDS] = { "open", "create", "read",   "write",  "seek", "stat",
                                          "sync", "close",  "rename", "remove", "list" };

static struct {
  bool ready;
  const char *folder, *counts;
  int kind, at, how;
  bool onwards;
  int count[KINDS];
  bool ours[FILES]; /* descriptors of files under the folder */
  FILE *stream[FILES];
} disk;

static void
prepare (void)
{
  if (disk.ready)
    return;
  disk.ready = true;
  disk.folder = getenv ("ADM_BAD_DISK");
  disk.counts = getenv ("ADM_BAD_COUNTS");
  disk.kind = -1;
  const char *call = getenv ("ADM_BAD_CALL"), *colon = call ? strchr (call, ':') : NULL;
  for (int i = 0; colon && i < KINDS; i++)
    if (strlen (kinds[i]) == (size_t) (colon - call)
        && strncmp (kinds[i], call, (size_t) (colon - call)) == 0)
      disk.kind = i;
  if (disk.kind < 0)
    return;
  disk.at = atoi (colon + 1);
  const char *how = strchr (colon + 1, ':');
  disk.how = !how ? EIO : strcmp (how, ":short") == 0 ? SHORT : atoi (how + 1);
  disk.onwards = how && strchr (how, '+');
}

static bool
is_ours (const char *path)
{
  prepare ();
  return disk.folder && path && strncmp (path, disk.folder, strlen (disk.folder)) == 0;
}

/* 0, an errno, or SHORT. */
static int
strike (int kind)
{
  int count = ++disk.count[kind];
  return kind == disk.kind && (count == disk.at || (disk.onwards && count > disk.at)) ? disk.how
                                                                                      : 0;
}

static bool
fails (int kind)
{
  int how = strike (kind);
  if (how > 0)
    errno = how;
  return how > 0;
}

static bool
known (int file)
{
  return file >= 0 && file < FILES && disk.ours[file];
}

__attribute__ ((destructor)) static void
finish (void)
{
  char text[512];
  int length = 0;
  if (!disk.counts)
    return;
  for (int i = 0; i < KINDS; i++)
    length += snprintf (text + length, sizeof text - (size_t) length, "%s %d\n", kinds[i],
                        disk.count[i]);
  int file = (int) syscall (SYS_openat, AT_FDCWD, disk.counts, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file >= 0 && syscall (SYS_write, file, text, length) == length)
    syscall (SYS_close, file);
}

/* Tests in the same process: the folder, which must outlive them, and from which call on they fail
 * (KIND NULL: none does). */
void bad_disk (const char *folder, const char *kind, int at, int how);
void
bad_disk (const char *folder, const char *kind, int at, int how)
{
  prepare ();
  disk.folder = folder;
  disk.kind = -1;
  for (int i = 0; i < KINDS; i++) {
    disk.count[i] = 0;
    if (kind && strcmp (kind, kinds[i]) == 0)
      disk.kind = i;
  }
  disk.at = at;
  disk.how = how;
  disk.onwards = true;
}

/* ---- descriptors ----------------------------------------------------------------------------- */

static int
open_any (int folder, const char *path, int flags, mode_t mode)
{
  bool ours = is_ours (path);
  if (ours && fails (flags & O_CREAT ? CREATE : OPEN))
    return -1;
  int file = (int) syscall (SYS_openat, folder, path, flags, mode);
  if (file >= 0 && file < FILES)
    disk.ours[file] = ours;
  return file;
}

#define OPEN_BODY(folder)                                                                          \
  mode_t mode = 0;                                                                                 \
  if (flags & (O_CREAT | O_TMPFILE)) {                                                             \
    va_list args;                                                                                  \
    va_start (args, flags);                                                                        \
    mode = va_arg (args, mode_t);                                                                  \
    va_end (args);                                                                                 \
  }                                                                                                \
  return open_any (folder, path, flags, mode)

int
open (const char *path, int flags, ...)
{
  OPEN_BODY (AT_FDCWD);
}

int
open64 (const char *path, int flags, ...)
{
  OPEN_BODY (AT_FDCWD);
}

int
mkstemp64 (char *pattern)
{
  static unsigned next;
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
  char *end = pattern + strlen (pattern) - 6;
  for (int tries = 0; tries < 100; tries++) {
    unsigned value = (unsigned) getpid () * 7919 + next++;
    for (int i = 0; i < 6; i++, value /= 26)
      end[i] = letters[value % 26];
    int file = open_any (AT_FDCWD, pattern, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (file >= 0 || errno != EEXIST)
      return file;
  }
  return -1;
}

int
mkstemp (char *pattern)
{
  return mkstemp64 (pattern);
}

/* Whether a call that moves *SIZE bytes is to fail; where it is to be short, *SIZE shrinks. */
static bool
denied (int file, int kind, size_t *size)
{
  int how = known (file) ? strike (kind) : 0;
  if (how > 0)
    errno = how;
  if (how == SHORT && *size > 1)
    *size /= 2;
  return how > 0;
}

ssize_t
read (int file, void *out, size_t size)
{
  if (denied (file, READ, &size))
    return -1;
  return syscall (SYS_read, file, out, size);
}

ssize_t
pread64 (int file, void *out, size_t size, off64_t offset)
{
  if (denied (file, READ, &size))
    return -1;
  return syscall (SYS_pread64, file, out, size, offset);
}

ssize_t
pread (int file, void *out, size_t size, off_t offset)
{
  return pread64 (file, out, size, offset);
}

ssize_t
write (int file, const void *from, size_t size)
{
  if (denied (file, WRITE, &size))
    return -1;
  return syscall (SYS_write, file, from, size);
}

off64_t
lseek64 (int file, off64_t offset, int from)
{
  if (known (file) && fails (SEEK))
    return -1;
  return syscall (SYS_lseek, file, offset, from);
}

off_t
lseek (int file, off_t offset, int from)
{
  return lseek64 (file, offset, from);
}

int
fsync (int file)
{
  if (known (file) && fails (SYNC))
    return -1;
  return (int) syscall (SYS_fsync, file);
}

/* A descriptor that could not be closed is closed all the same. */
int
close (int file)
{
  bool bad = known (file) && fails (CLOSE);
  int code = errno;
  if (file >= 0 && file < FILES)
    disk.ours[file] = false;
  int result = (int) syscall (SYS_close, file);
  if (!bad)
    return result;
  errno = code;
  return -1;
}

int
fstat (int file, struct stat *out)
{
  static int (*real) (int, struct stat *);
  if (known (file) && fails (STAT))
    return -1;
  if (!real)
    *(void **) &real = dlsym (RTLD_NEXT, "fstat");
  return real (file, out);
}

int
fstat64 (int file, struct stat64 *out)
{
  return fstat (file, (struct stat *) (void *) out); /* the same on 64-bit machines */
}

int
stat (const char *path, struct stat *out)
{
  static int (*real) (const char *, struct stat *);
  if (is_ours (path) && fails (STAT))
    return -1;
  if (!real)
    *(void **) &real = dlsym (RTLD_NEXT, "stat");
  return real (path, out);
}

int
stat64 (const char *path, struct stat64 *out)
{
  return stat (path, (struct stat *) (void *) out);
}

/* ---- names ----------------------------------------------------------------------------------- */

int
rename (const char *from, const char *to)
{
  if (is_ours (to) && fails (RENAME))
    return -1;
  return (int) syscall (SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

/* Told only: that what cannot be written cannot be taken away either would be unfair. */
int
unlink (const char *path)
{
  disk.count[REMOVE] += is_ours (path);
  return (int) syscall (SYS_unlinkat, AT_FDCWD, path, 0);
}

struct dirent;
struct dirent64;
typedef struct __dirstream DIR;

#define READDIR(type, name)                                                                        \
  struct type *name (DIR *folder);                                                                 \
  struct type *name (DIR *folder)                                                                  \
  {                                                                                                \
    static struct type *(*real) (DIR *);                                                           \
    prepare ();                                                                                    \
    if (disk.folder && fails (LIST))                                                               \
      return NULL;                                                                                 \
    if (!real)                                                                                     \
      *(void **) &real = dlsym (RTLD_NEXT, #name);                                                 \
    return real (folder);                                                                          \
  }
READDIR (dirent, readdir)
READDIR (dirent64, readdir64)

/* ---- streams --------------------------------------------------------------------------------- */

static ssize_t
cookie_read (void *cookie, char *out, size_t size)
{
  return read ((int) (intptr_t) cookie, out, size);
}

static ssize_t
cookie_write (void *cookie, const char *from, size_t size)
{
  size_t done = 0;
  while (done < size) { /* as a stream of the C library does */
    ssize_t more = write ((int) (intptr_t) cookie, from + done, size - done);
    if (more <= 0)
      return 0; /* what fopencookie calls a failure */
    done += (size_t) more;
  }
  return (ssize_t) done;
}

static int
cookie_seek (void *cookie, off64_t *offset, int from)
{
  off64_t at = lseek64 ((int) (intptr_t) cookie, *offset, from);
  if (at < 0)
    return -1;
  *offset = at;
  return 0;
}

static int
cookie_close (void *cookie)
{
  int file = (int) (intptr_t) cookie;
  disk.stream[file] = NULL;
  return close (file);
}

FILE *
fdopen (int file, const char *mode)
{
  static FILE *(*real) (int, const char *);
  if (!known (file)) {
    if (!real)
      *(void **) &real = dlsym (RTLD_NEXT, "fdopen");
    return real (file, mode);
  }
  return disk.stream[file] = fopencookie (
             (void *) (intptr_t) file, mode,
             (cookie_io_functions_t) { cookie_read, cookie_write, cookie_seek, cookie_close });
}

FILE *
fopen64 (const char *path, const char *mode)
{
  static FILE *(*real) (const char *, const char *);
  if (!is_ours (path)) {
    if (!real)
      *(void **) &real = dlsym (RTLD_NEXT, "fopen64");
    return real (path, mode);
  }
  int file = open_any (
      AT_FDCWD, path,
      mode[0] == 'r' ? O_RDONLY | O_CLOEXEC : O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  return file < 0 ? NULL : fdopen (file, mode[0] == 'r' ? "r" : "w");
}

FILE *
fopen (const char *path, const char *mode)
{
  return fopen64 (path, mode);
}

int
fileno (FILE *stream)
{
  static int (*real) (FILE *);
  for (int i = 0; i < FILES; i++)
    if (disk.stream[i] == stream)
      return i;
  if (!real)
    *(void **) &real = dlsym (RTLD_NEXT, "fileno");
  return real (stream);
}
