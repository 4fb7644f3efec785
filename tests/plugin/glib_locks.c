/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GLib's mutexes and queues guard themselves by futexes, which ThreadSanitizer does not see: what
 * one thread hands to another would look like a race. The linker puts these in the place of GLib's
 * (--wrap); each says what the lock means, then calls it. */
#include <glib.h>
#include <sanitizer/tsan_interface.h>

void __real_g_mutex_lock (GMutex *mutex);
void __real_g_mutex_unlock (GMutex *mutex);
void __real_g_async_queue_push (GAsyncQueue *queue, gpointer data);
gpointer __real_g_async_queue_pop (GAsyncQueue *queue);
gpointer __real_g_async_queue_try_pop (GAsyncQueue *queue);

void __wrap_g_mutex_lock (GMutex *mutex);
void __wrap_g_mutex_unlock (GMutex *mutex);
void __wrap_g_async_queue_push (GAsyncQueue *queue, gpointer data);
gpointer __wrap_g_async_queue_pop (GAsyncQueue *queue);
gpointer __wrap_g_async_queue_try_pop (GAsyncQueue *queue);

void
__wrap_g_mutex_lock (GMutex *mutex)
{
  __real_g_mutex_lock (mutex);
  __tsan_acquire (mutex);
}

void
__wrap_g_mutex_unlock (GMutex *mutex)
{
  __tsan_release (mutex);
  __real_g_mutex_unlock (mutex);
}

void
__wrap_g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  __tsan_release (data);
  __real_g_async_queue_push (queue, data);
}

gpointer
__wrap_g_async_queue_pop (GAsyncQueue *queue)
{
  gpointer data = __real_g_async_queue_pop (queue);
  __tsan_acquire (data);
  return data;
}

gpointer
__wrap_g_async_queue_try_pop (GAsyncQueue *queue)
{
  gpointer data = __real_g_async_queue_try_pop (queue);
  if (data)
    __tsan_acquire (data);
  return data;
}
