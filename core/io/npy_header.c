/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/npy_header.h"

#include "base/checked.h"
#include "base/error.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* The text after KEY and its colon, or NULL. */
static const char *
after_key (const char *header, const char *key)
{
  const char *at = strstr (header, key);
  if (!at)
    return NULL;
  at += strlen (key);
  while (*at == ' ')
    at++;
  if (*at++ != ':')
    return NULL;
  while (*at == ' ')
    at++;
  return at;
}

static bool
parse_shape (const char *text, int *rank, int64_t shape[ADM_NPY_MAX_RANK])
{
  *rank = 0;
  if (!text || *text++ != '(')
    return false;
  for (;;) {
    while (*text == ' ')
      text++;
    if (*text == ')')
      return true;
    if (*rank == ADM_NPY_MAX_RANK || !isdigit ((unsigned char) *text))
      return false;
    uint64_t value = 0;
    for (; isdigit ((unsigned char) *text); text++)
      if (!adm_mul_u64 (value, 10, &value) || !adm_add_u64 (value, (uint64_t) (*text - '0'), &value)
          || value > INT64_MAX)
        return false;
    shape[(*rank)++] = (int64_t) value;
    while (*text == ' ')
      text++;
    if (*text == ',')
      text++;
    else if (*text != ')')
      return false;
  }
}

adm_status
adm_npy_header_length (const unsigned char *head, const char *where, size_t *length,
                       adm_error *error)
{
  if (memcmp (head, "\x93NUMPY", 6))
    return ADM_FAIL (error, NPY_BROKEN, where, ADM_WORD_NO_NPY);
  if (head[6] != 1 || head[7] != 0)
    return ADM_FAIL (error, NPY_VERSION, where, head[6], head[7]);
  *length = (size_t) head[8] | (size_t) head[9] << 8;
  return ADM_OK;
}

adm_status
adm_npy_header_parse (const char *text, const char *where, adm_npy_header *out, adm_error *error)
{
  const char *type = after_key (text, "'descr'"), *order = after_key (text, "'fortran_order'");
  *out = (adm_npy_header) { .elements = 1 };
  if (type && *type++ == '\'') {
    size_t length = strcspn (type, "'");
    if (type[length] == '\'' && length < sizeof out->type)
      memcpy (out->type, type, length);
  }
  if (!type)
    return ADM_FAIL (error, NPY_BROKEN, where, ADM_WORD_NPY_NO_TYPE);
  out->fortran = !order || strncmp (order, "False", 5);
  if (!parse_shape (after_key (text, "'shape'"), &out->rank, out->shape))
    return ADM_FAIL (error, NPY_BROKEN, where, ADM_WORD_NPY_NO_SHAPE);
  for (int i = 0; i < out->rank; i++)
    if (!adm_mul_u64 (out->elements, (uint64_t) out->shape[i], &out->elements))
      return ADM_FAIL (error, NPY_BROKEN, where, ADM_WORD_NPY_LARGE);
  return ADM_OK;
}

size_t
adm_npy_header_write (const char *type, int rank, const int64_t *shape, unsigned char *out)
{
  char *text = (char *) out + ADM_NPY_HEAD;
  const size_t capacity = 512 - ADM_NPY_HEAD;
  size_t length = (size_t) snprintf (text, capacity,
                                     "{'descr': '%s', 'fortran_order': False, 'shape': (", type);
  for (int i = 0; i < rank; i++)
    length += (size_t) snprintf (text + length, capacity - length, "%lld,%s", (long long) shape[i],
                                 i + 1 < rank ? " " : "");
  length += (size_t) snprintf (text + length, capacity - length, "), }");
  while ((ADM_NPY_HEAD + length + 1) % 64)
    text[length++] = ' ';
  text[length++] = '\n';
  memcpy (out, "\x93NUMPY\1\0", 8);
  out[8] = (unsigned char) (length & 255);
  out[9] = (unsigned char) (length >> 8);
  return ADM_NPY_HEAD + length;
}
