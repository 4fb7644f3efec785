/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Changes of a weights file that stay within its format. Each works in place and returns the new
 * size, or 0 when DATA is not of that format or there is no room. */
#ifndef ADM_TESTS_MUTATE_H
#define ADM_TESTS_MUTATE_H

#include "fuzz.h"

size_t mutate_zip (uint8_t *data, size_t size, size_t max_size, unsigned int random);
size_t mutate_safetensors (uint8_t *data, size_t size, size_t max_size, unsigned int random);
size_t mutate_legacy (uint8_t *data, size_t size, size_t max_size, unsigned int random);

/* The sum of zip and PNG. */
uint32_t mutate_crc32 (const uint8_t *data, size_t size);

#endif
