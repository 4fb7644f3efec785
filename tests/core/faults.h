/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memory and threads that fail when told. The allocation functions are defined here, in the
 * program, so that those of libzip, yyjson and the C library itself come this way too; each call
 * while armed has a number, and the place it came from. */
#ifndef ADM_TESTS_FAULTS_H
#define ADM_TESTS_FAULTS_H

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined __SANITIZE_ADDRESS__
#define FAULTS_REAL(name) __interceptor_##name
#else
#define FAULTS_REAL(name) __libc_##name
#endif

void *FAULTS_REAL (malloc) (size_t);
void *FAULTS_REAL (calloc) (size_t, size_t);
void *FAULTS_REAL (realloc) (void *, size_t);
void FAULTS_REAL (free) (void *);

/* Called before the sanitizers are ready, too. */
#define FAULTS_EARLY __attribute__ ((no_sanitize ("address", "undefined")))

enum { FAULTS_CALLS = 1 << 16, FAULTS_FRAMES = 7 };

static struct {
  bool armed, recording, onwards; /* ONWARDS: every call from FAIL_AT on fails */
  int call, fail_at, failed;
  int thread_call, fail_thread;
  bool in_library; /* one that failed was libzip's or libc's own */
  int live;        /* blocks taken and not given back while counting */
  uint64_t place[FAULTS_CALLS];
} faults;
static _Thread_local bool faults_inside;

/* Whether this call fails. */
static inline bool FAULTS_EARLY
faults_strike (void)
{
  if (!faults.armed || faults_inside)
    return false;
  int call = ++faults.call;
  if (faults.recording && call < FAULTS_CALLS) {
    void *frame[FAULTS_FRAMES];
    uint64_t hash = 1469598103934665603u;
    faults_inside = true;
    int n = backtrace (frame, FAULTS_FRAMES);
    faults_inside = false;
    for (int i = 1; i < n; i++)
      hash = (hash ^ (uint64_t) (uintptr_t) frame[i]) * 1099511628211u;
    faults.place[call] = hash;
  }
  if (call != faults.fail_at && !(faults.onwards && faults.fail_at && call > faults.fail_at))
    return false;
  faults.failed++;
  if (!faults.in_library) {
    void *frame[FAULTS_FRAMES];
    Dl_info from;
    faults_inside = true;
    int n = backtrace (frame, FAULTS_FRAMES);
    for (int i = 1; i < n && !faults.in_library; i++)
      faults.in_library
          = dladdr (frame[i], &from) && from.dli_fname
            && (strstr (from.dli_fname, "libzip") || (i < 4 && strstr (from.dli_fname, "libc.")));
    faults_inside = false;
    errno = ENOMEM;
  }
  errno = ENOMEM;
  return true;
}

static inline void *FAULTS_EARLY
faults_counted (void *block)
{
  if (block && !faults_inside)
    __atomic_fetch_add (&faults.live, 1, __ATOMIC_RELAXED);
  return block;
}

void *FAULTS_EARLY
malloc (size_t size)
{
  return faults_strike () ? NULL : faults_counted (FAULTS_REAL (malloc) (size));
}

void *FAULTS_EARLY
calloc (size_t n, size_t size)
{
  return faults_strike () ? NULL : faults_counted (FAULTS_REAL (calloc) (n, size));
}

void *FAULTS_EARLY
realloc (void *block, size_t size)
{
  if (faults_strike ())
    return NULL;
  void *moved = FAULTS_REAL (realloc) (block, size);
  return block ? moved : faults_counted (moved);
}

void FAULTS_EARLY
free (void *block)
{
  if (block && !faults_inside)
    __atomic_fetch_sub (&faults.live, 1, __ATOMIC_RELAXED);
  FAULTS_REAL (free) (block);
}

/* The sanitizer's would not ask malloc. */
char *FAULTS_EARLY
strndup (const char *text, size_t most)
{
  size_t length = 0;
  while (length < most && text[length]) /* also before the sanitizer has found strnlen */
    length++;
  char *copy = calloc (length + 1, 1);
  for (size_t i = 0; copy && i < length; i++)
    copy[i] = text[i];
  return copy;
}

char *
strdup (const char *text)
{
  return strndup (text, SIZE_MAX / 2);
}

/* The sanitizer maps memory before it can be asked to do without. */
#if !defined __SANITIZE_ADDRESS__
void *FAULTS_EARLY
mmap (void *at, size_t size, int protection, int flags, int file, off_t offset)
{
  if (faults_strike ())
    return MAP_FAILED;
  void *block = (void *) syscall (SYS_mmap, at, size, protection, flags, file, offset);
  if (block != MAP_FAILED)
    faults_counted (block);
  return block;
}

int
munmap (void *block, size_t size)
{
  __atomic_fetch_sub (&faults.live, 1, __ATOMIC_RELAXED);
  return (int) syscall (SYS_munmap, block, size);
}
#endif

int
pthread_create (pthread_t *thread, const pthread_attr_t *attributes, void *(*body) (void *),
                void *arg)
{
  static int (*real) (pthread_t *, const pthread_attr_t *, void *(*) (void *), void *);
  if (!real)
    *(void **) &real = dlsym (RTLD_NEXT, "pthread_create");
  if (++faults.thread_call == faults.fail_thread)
    return EAGAIN;
  return real (thread, attributes, body, arg);
}

/* From here on calls count; number FAIL_AT fails (0: none). */
static inline void
faults_arm (int fail_at, bool onwards, bool recording)
{
  faults.call = faults.failed = 0;
  faults.fail_at = fail_at;
  faults.in_library = false;
  faults.onwards = onwards;
  faults.recording = recording;
  faults.armed = true;
}

/* The calls since. */
static inline int
faults_disarm (void)
{
  faults.armed = false;
  return faults.call;
}

#endif
