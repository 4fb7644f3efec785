/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A zip of stored records taken apart, one record changed, and put together again with the sums,
 * sizes and offsets it now needs, so that changes reach the pickle behind the zip. */
#include "mutate.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_RECORDS = 64, LOCAL = 30, CENTRAL = 46, END = 22 };

struct record {
  const uint8_t *name, *data;
  uint32_t name_length, size;
};

static uint32_t
get (const uint8_t *at, int bytes)
{
  uint32_t value = 0;
  for (int i = bytes; i-- > 0;)
    value = value << 8 | at[i];
  return value;
}

static void
put (uint8_t *at, int bytes, uint32_t value)
{
  for (int i = 0; i < bytes; i++)
    at[i] = (uint8_t) (value >> (8 * i));
}

uint32_t
mutate_crc32 (const uint8_t *data, size_t size)
{
  uint32_t crc = ~UINT32_C (0);
  for (size_t i = 0; i < size; i++) {
    crc ^= data[i];
    for (int bit = 0; bit < 8; bit++)
      crc = crc >> 1 ^ (crc & 1 ? UINT32_C (0xedb88320) : 0);
  }
  return ~crc;
}

/* The records, or 0 when this is no plain zip. */
static int
take_apart (const uint8_t *zip, size_t size, struct record *records)
{
  if (size < END || memcmp (zip + size - END, "PK\005\006", 4))
    return 0;
  uint32_t count = get (zip + size - END + 10, 2), at = get (zip + size - END + 16, 4);
  if (count > MOST_RECORDS)
    return 0;
  for (uint32_t i = 0; i < count; i++) {
    if (at > size || size - at < CENTRAL || memcmp (zip + at, "PK\001\002", 4))
      return 0;
    const uint8_t *entry = zip + at;
    uint32_t name = get (entry + 28, 2), local = get (entry + 42, 4), length = get (entry + 24, 4);
    if (size - at - CENTRAL < name || local > size || size - local < LOCAL)
      return 0;
    uint32_t data = local + LOCAL + get (zip + local + 26, 2) + get (zip + local + 28, 2);
    if (data > size || size - data < length)
      return 0;
    records[i] = (struct record) { entry + CENTRAL, zip + data, name, length };
    at += CENTRAL + name + get (entry + 30, 2) + get (entry + 32, 2);
  }
  return (int) count;
}

/* Returns the size, or 0 when OUT [room] is too small. */
static size_t
put_together (const struct record *records, int count, uint8_t *out, size_t room)
{
  size_t at = 0, offset[MOST_RECORDS];
  for (int i = 0; i < count; i++) {
    const struct record *r = &records[i];
    if (room - at < LOCAL + (size_t) r->name_length + r->size)
      return 0;
    offset[i] = at;
    memset (out + at, 0, LOCAL);
    memcpy (out + at, "PK\003\004", 4);
    put (out + at + 14, 4, mutate_crc32 (r->data, r->size));
    put (out + at + 18, 4, r->size);
    put (out + at + 22, 4, r->size);
    put (out + at + 26, 2, r->name_length);
    memcpy (out + at + LOCAL, r->name, r->name_length);
    memcpy (out + at + LOCAL + r->name_length, r->data, r->size);
    at += LOCAL + (size_t) r->name_length + r->size;
  }
  size_t directory = at;
  for (int i = 0; i < count; i++) {
    const struct record *r = &records[i];
    if (room - at < CENTRAL + (size_t) r->name_length)
      return 0;
    memset (out + at, 0, CENTRAL);
    memcpy (out + at, "PK\001\002", 4);
    memcpy (out + at + 16, out + offset[i] + 14, 12);
    put (out + at + 28, 2, r->name_length);
    put (out + at + 42, 4, (uint32_t) offset[i]);
    memcpy (out + at + CENTRAL, r->name, r->name_length);
    at += CENTRAL + (size_t) r->name_length;
  }
  if (room - at < END)
    return 0;
  memset (out + at, 0, END);
  memcpy (out + at, "PK\005\006", 4);
  put (out + at + 8, 2, (uint32_t) count);
  put (out + at + 10, 2, (uint32_t) count);
  put (out + at + 12, 4, (uint32_t) (at - directory));
  put (out + at + 16, 4, (uint32_t) directory);
  return at + END;
}

size_t
mutate_zip (uint8_t *data, size_t size, size_t max_size, unsigned int random)
{
  struct record records[MOST_RECORDS];
  int count = take_apart (data, size, records);
  if (!count)
    return 0;
  int chosen = (int) (random / 8 % (unsigned) count);
  for (int i = 0; i < count && random % 8 < 6; i++)
    if (records[i].name_length > 9
        && !memcmp (records[i].name + records[i].name_length - 9, "/data.pkl", 9))
      chosen = i;
  size_t room = records[chosen].size + 256;
  uint8_t *changed = malloc (room), *whole = malloc (max_size);
  size_t result = 0;
  if (changed && whole) {
    memcpy (changed, records[chosen].data, records[chosen].size);
    records[chosen].size = (uint32_t) LLVMFuzzerMutate (changed, records[chosen].size, room);
    records[chosen].data = changed;
    result = put_together (records, count, whole, max_size);
    memcpy (data, whole, result);
  }
  free (changed);
  free (whole);
  return result;
}
