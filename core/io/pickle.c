/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values live in one array and containers are lists of cells in another, so nothing recurses and
 * nothing is freed twice; shared values (the memo) are shared numbers. */
#include "io/pickle.h"

#include "base/error.h"
#include "io/pickle_names.h"

#include <stdlib.h>
#include <string.h>

enum {
  MAX_VALUES = 1 << 19, /* of a tensor some 30, with its name and the metadata of its layer */
  MAX_STACK = 1 << 16,
  MAX_DEPTH = 64, /* open marks */
  MAX_MEMO = 1 << 20,
  MAX_STRING = 1 << 16,
  MAX_TEXT = 1 << 24, /* of BINUNICODE: NumPy arrays beside the weights are such */
};

struct machine {
  const unsigned char *data;
  uint64_t size, at;
  const char *where;
  adm_pickle *out;
  adm_error *error;
  uint32_t *stack;
  uint32_t depth;
  uint32_t mark[MAX_DEPTH];
  uint32_t marks;
  uint32_t *memo;
  uint32_t memo_capacity;
};

static adm_status
refuse (struct machine *m, adm_word what)
{
  return ADM_FAIL (m->error, PICKLE_REFUSED, m->where, what, m->at);
}

static adm_status
no_memory (struct machine *m)
{
  return ADM_FAIL (m->error, NO_MEMORY_READ, m->where);
}

/* ---- values ---------------------------------------------------------------------------------- */

static adm_status
new_value (struct machine *m, adm_pickle_value value, uint32_t *index)
{
  adm_pickle *p = m->out;
  if (p->count >= MAX_VALUES)
    return refuse (m, ADM_WORD_MANY_VALUES);
  if (p->count == p->capacity) {
    uint32_t capacity = p->capacity ? 2 * p->capacity : 1024;
    adm_pickle_value *more = realloc (p->value, capacity * sizeof *more);
    if (!more)
      return no_memory (m);
    p->value = more;
    p->capacity = capacity;
  }
  p->value[p->count] = value;
  *index = p->count++;
  return ADM_OK;
}

static adm_status
append (struct machine *m, uint32_t container, uint32_t item)
{
  adm_pickle *p = m->out;
  if (p->cells >= MAX_VALUES)
    return refuse (m, ADM_WORD_MANY_ITEMS);
  if (p->cells == p->cell_capacity) {
    uint32_t capacity = 2 * p->cell_capacity;
    void *more = realloc (p->cell, capacity * sizeof *p->cell);
    if (!more)
      return no_memory (m);
    p->cell = more;
    p->cell_capacity = capacity;
  }
  p->cell[p->cells].value = item;
  p->cell[p->cells].next = 0;
  adm_pickle_value *c = &p->value[container];
  if (c->last)
    p->cell[c->last].next = p->cells;
  else
    c->first = p->cells;
  c->last = p->cells++;
  c->size++;
  return ADM_OK;
}

static adm_status
push (struct machine *m, uint32_t value)
{
  if (m->depth == MAX_STACK)
    return refuse (m, ADM_WORD_DEEP);
  m->stack[m->depth++] = value;
  return ADM_OK;
}

static adm_status
push_new (struct machine *m, adm_pickle_value value)
{
  uint32_t index;
  adm_status status = new_value (m, value, &index);
  return status ? status : push (m, index);
}

/* Values may be taken down to the last mark only. */
static adm_status
pop (struct machine *m, uint32_t *value)
{
  if (m->depth == (m->marks ? m->mark[m->marks - 1] : 0))
    return refuse (m, ADM_WORD_NO_VALUE);
  *value = m->stack[--m->depth];
  return ADM_OK;
}

static adm_pickle_value *
value_of (struct machine *m, uint32_t index)
{
  return &m->out->value[index];
}

/* Appends the top COUNT values to CONTAINER in order and takes them off. */
static adm_status
collect (struct machine *m, uint32_t container, uint32_t count)
{
  adm_status status = ADM_OK;
  for (uint32_t i = 0; i < count && !status; i++)
    status = append (m, container, m->stack[m->depth - count + i]);
  m->depth -= count;
  return status;
}

static adm_status
pop_mark (struct machine *m, uint32_t *count)
{
  if (!m->marks)
    return refuse (m, ADM_WORD_CLOSES);
  *count = m->depth - m->mark[--m->marks];
  return ADM_OK;
}

static adm_status
make_tuple (struct machine *m, uint32_t count)
{
  uint32_t tuple = 0;
  if (m->depth - (m->marks ? m->mark[m->marks - 1] : 0) < count)
    return refuse (m, ADM_WORD_NO_VALUE);
  adm_status status = new_value (m, (adm_pickle_value) { .type = ADM_PICKLE_TUPLE }, &tuple);
  if (!status)
    status = collect (m, tuple, count);
  return status ? status : push (m, tuple);
}

/* SETITEMS and APPENDS: COUNT values on top of the container they go to. */
static adm_status
extend (struct machine *m, adm_pickle_type type, uint32_t count)
{
  uint32_t base = m->marks ? m->mark[m->marks - 1] : 0;
  if (m->depth - base < count + 1 || (type == ADM_PICKLE_DICT && count % 2))
    return refuse (m, ADM_WORD_NO_VALUE);
  uint32_t container = m->stack[m->depth - count - 1];
  if (value_of (m, container)->type == ADM_PICKLE_OPAQUE) {
    m->depth -= count; /* what it holds is not known either */
    return ADM_OK;
  }
  if (value_of (m, container)->type != type)
    return refuse (m, ADM_WORD_ADDS);
  return collect (m, container, count);
}

/* ---- calls, by name -------------------------------------------------------------------------- */

static adm_status
find_global (struct machine *m, const char *module, size_t module_length, const char *name,
             size_t name_length)
{
  adm_pickle_value value = { .type = ADM_PICKLE_GLOBAL };
  if (adm_pickle_name_attacks (module, module_length, name, name_length))
    return ADM_FAIL (m->error, PICKLE_ATTACK, m->where,
                     adm_slice_of (module, module_length < 80 ? module_length : 80),
                     adm_slice_of (name, name_length < 80 ? name_length : 80));
  value.global = adm_pickle_name_find (module, module_length, name, name_length);
  if (value.global == ADM_GLOBAL_OPAQUE) {
    value.text = module;
    value.length = (uint32_t) (name + name_length - module);
  }
  return push_new (m, value);
}

static adm_status
persistent_id (struct machine *m)
{
  uint32_t tuple = 0;
  adm_status status = pop (m, &tuple);
  if (status)
    return status;
  adm_pickle_value t = *value_of (m, tuple);
  if (t.type != ADM_PICKLE_TUPLE || (t.size != 5 && t.size != 6))
    return refuse (m, ADM_WORD_STORAGE_NAME);
  adm_pickle_value kind = *value_of (m, adm_pickle_item (m->out, tuple, 0)),
                   type = *value_of (m, adm_pickle_item (m->out, tuple, 1)),
                   key = *value_of (m, adm_pickle_item (m->out, tuple, 2)),
                   numel = *value_of (m, adm_pickle_item (m->out, tuple, 4));
  if (kind.type != ADM_PICKLE_STRING || kind.length != 7 || memcmp (kind.text, "storage", 7)
      || type.type != ADM_PICKLE_GLOBAL || type.global < ADM_GLOBAL_FLOAT
      || key.type != ADM_PICKLE_STRING || key.length > ADM_PICKLE_MAX_KEY
      || numel.type != ADM_PICKLE_INT || numel.text || numel.integer < 0)
    return refuse (m, ADM_WORD_STORAGE_NAME);
  if (t.size == 6 && value_of (m, adm_pickle_item (m->out, tuple, 5))->type != ADM_PICKLE_NONE)
    return refuse (m, ADM_WORD_STORAGE_VIEW);
  return push_new (m, (adm_pickle_value) { .type = ADM_PICKLE_STORAGE,
                                           .global = type.global,
                                           .integer = numel.integer,
                                           .text = key.text,
                                           .length = key.length });
}

static adm_status
reduce (struct machine *m)
{
  uint32_t args = 0, callee = 0;
  adm_status status = pop (m, &args);
  if (!status)
    status = pop (m, &callee);
  if (status)
    return status;
  adm_pickle_value a = *value_of (m, args), f = *value_of (m, callee);
  if (f.type == ADM_PICKLE_OPAQUE || (f.type == ADM_PICKLE_GLOBAL && f.global == ADM_GLOBAL_OPAQUE))
    return push_new (
        m, (adm_pickle_value) { .type = ADM_PICKLE_OPAQUE, .text = f.text, .length = f.length });
  if (a.type != ADM_PICKLE_TUPLE || f.type != ADM_PICKLE_GLOBAL)
    return refuse (m, ADM_WORD_CALLS);
  if ((f.global == ADM_GLOBAL_ORDERED_DICT && a.size == 0) || f.global == ADM_GLOBAL_DEFAULT_DICT)
    return push_new (m, (adm_pickle_value) { .type = ADM_PICKLE_DICT });
  if (f.global == ADM_GLOBAL_SIZE && a.size == 1
      && value_of (m, adm_pickle_item (m->out, args, 0))->type == ADM_PICKLE_TUPLE)
    return push (m, adm_pickle_item (m->out, args, 0));
  if (f.global == ADM_GLOBAL_REBUILD_PARAMETER && a.size >= 2
      && value_of (m, adm_pickle_item (m->out, args, 0))->type == ADM_PICKLE_TENSOR)
    return push (m, adm_pickle_item (m->out, args, 0));
  if (f.global == ADM_GLOBAL_REBUILD_TENSOR && (a.size == 6 || a.size == 7)) {
    uint32_t storage = adm_pickle_item (m->out, args, 0), shape = adm_pickle_item (m->out, args, 2),
             strides = adm_pickle_item (m->out, args, 3);
    adm_pickle_value offset = *value_of (m, adm_pickle_item (m->out, args, 1));
    if (value_of (m, storage)->type == ADM_PICKLE_STORAGE && offset.type == ADM_PICKLE_INT
        && !offset.text && offset.integer >= 0 && value_of (m, shape)->type == ADM_PICKLE_TUPLE
        && value_of (m, strides)->type == ADM_PICKLE_TUPLE)
      return push_new (m, (adm_pickle_value) { .type = ADM_PICKLE_TENSOR,
                                               .integer = offset.integer,
                                               .storage = storage,
                                               .shape = shape,
                                               .strides = strides });
  }
  return refuse (m, ADM_WORD_ARGUMENTS);
}

/* ---- the loop -------------------------------------------------------------------------------- */

static adm_status
bytes (struct machine *m, uint64_t n, const unsigned char **out)
{
  if (n > m->size - m->at)
    return ADM_FAIL (m->error, FILE_BROKEN, m->where, ADM_WORD_PICKLE_ENDS);
  *out = m->data + m->at;
  m->at += n;
  return ADM_OK;
}

static adm_status
number (struct machine *m, unsigned n, uint32_t *out)
{
  const unsigned char *b = NULL;
  adm_status status = bytes (m, n, &b);
  *out = 0;
  for (unsigned i = n; i-- > 0 && !status;)
    *out = *out << 8 | b[i];
  return status;
}

static adm_status
line (struct machine *m, const char **text, size_t *length)
{
  const unsigned char *from
      = m->data + m->at,
      *end
      = memchr (from, '\n', m->size - m->at < MAX_STRING ? (size_t) (m->size - m->at) : MAX_STRING);
  if (!end)
    return refuse (m, ADM_WORD_ENDLESS_LINE);
  *text = (const char *) from;
  *length = (size_t) (end - from);
  m->at += *length + 1;
  return ADM_OK;
}

static adm_status
put_memo (struct machine *m, uint32_t index)
{
  if (m->depth == 0)
    return refuse (m, ADM_WORD_REMEMBERS_NOTHING);
  if (index >= MAX_MEMO)
    return refuse (m, ADM_WORD_REMEMBERS_MUCH);
  if (index >= m->memo_capacity) {
    uint32_t capacity = m->memo_capacity ? m->memo_capacity : 256;
    while (capacity <= index)
      capacity *= 2;
    uint32_t *more = realloc (m->memo, capacity * sizeof *more);
    if (!more)
      return no_memory (m);
    memset (more + m->memo_capacity, 0, (capacity - m->memo_capacity) * sizeof *more);
    m->memo = more;
    m->memo_capacity = capacity;
  }
  m->memo[index] = m->stack[m->depth - 1];
  return ADM_OK;
}

static adm_status
get_memo (struct machine *m, uint32_t index)
{
  if (index >= m->memo_capacity || !m->memo[index])
    return refuse (m, ADM_WORD_RECALLS);
  return push (m, m->memo[index]);
}

static adm_status
long_integer (struct machine *m)
{
  uint32_t n = 0;
  const unsigned char *b = NULL;
  adm_status status = number (m, 1, &n);
  if (!status)
    status = bytes (m, n, &b);
  if (status)
    return status;
  adm_pickle_value v = { .type = ADM_PICKLE_INT };
  if (n > 8) {
    v.text = (const char *) b;
    v.length = n;
  } else {
    uint64_t bits = n && b[n - 1] & 0x80 ? ~(uint64_t) 0 : 0;
    for (uint32_t i = n; i-- > 0;)
      bits = bits << 8 | b[i];
    v.integer = (int64_t) bits;
  }
  return push_new (m, v);
}

/* A constant that stands in the stream. */
static adm_status
push_constant (struct machine *m, unsigned char op)
{
  adm_pickle_value v = { .type = ADM_PICKLE_INT };
  const unsigned char *b = NULL;
  uint32_t n = 0;
  adm_status status = ADM_OK;

  switch (op) {
  case 'X': /* BINUNICODE */
    status = number (m, 4, &n);
    if (!status && n > MAX_TEXT)
      return refuse (m, ADM_WORD_HUGE_STRING);
    if (!status)
      status = bytes (m, n, &b);
    v = (adm_pickle_value) { .type = ADM_PICKLE_STRING, .text = (const char *) b, .length = n };
    break;
  case 'J': /* BININT */
    status = number (m, 4, &n);
    v.integer = (int32_t) n;
    break;
  case 'K': /* BININT1 */
  case 'M': /* BININT2 */
    status = number (m, op == 'K' ? 1 : 2, &n);
    v.integer = n;
    break;
  case 0x8a: /* LONG1 */
    return long_integer (m);
  case 'G': /* BINFLOAT: learning rates in an optimizer's file */
    status = bytes (m, 8, &b);
    v.type = ADM_PICKLE_FLOAT;
    break;
  case 'N': /* NONE */
    v.type = ADM_PICKLE_NONE;
    break;
  case 0x88: /* NEWTRUE */
  case 0x89: /* NEWFALSE */
    v = (adm_pickle_value) { .type = ADM_PICKLE_BOOL, .integer = op == 0x88 };
    break;
  default:
    m->at--;
    return refuse (m, ADM_WORD_OPCODE);
  }
  return status ? status : push_new (m, v);
}

/* Makes a container or adds to the one on the stack. */
static adm_status
contain (struct machine *m, unsigned char op)
{
  uint32_t n = 0;
  adm_status status = strchr ("tue", op) ? pop_mark (m, &n) : ADM_OK;
  if (status)
    return status;
  switch (op) {
  case ')': /* EMPTY_TUPLE */
    return push_new (m, (adm_pickle_value) { .type = ADM_PICKLE_TUPLE });
  case '}': /* EMPTY_DICT */
    return push_new (m, (adm_pickle_value) { .type = ADM_PICKLE_DICT });
  case ']': /* EMPTY_LIST */
    return push_new (m, (adm_pickle_value) { .type = ADM_PICKLE_LIST });
  case 't': /* TUPLE */
    return make_tuple (m, n);
  case 's': /* SETITEM */
    return extend (m, ADM_PICKLE_DICT, 2);
  case 'u': /* SETITEMS */
    return extend (m, ADM_PICKLE_DICT, n);
  case 'a': /* APPEND */
    return extend (m, ADM_PICKLE_LIST, 1);
  case 'e': /* APPENDS */
    return extend (m, ADM_PICKLE_LIST, n);
  default: /* TUPLE1, TUPLE2, TUPLE3: 0x85 … 0x87 */
    return make_tuple (m, op - 0x84u);
  }
}

/* An OrderedDict's _metadata, an opaque object's state; parsed, dropped. */
static adm_status
build (struct machine *m)
{
  uint32_t value = 0;
  adm_status status = pop (m, &value);
  if (!status
      && (m->depth == 0
          || (value_of (m, m->stack[m->depth - 1])->type != ADM_PICKLE_DICT
              && value_of (m, m->stack[m->depth - 1])->type != ADM_PICKLE_OPAQUE)))
    return refuse (m, ADM_WORD_CHANGES);
  return status;
}

/* One opcode; *DONE at STOP. */
static adm_status
execute (struct machine *m, unsigned char op, bool *done)
{
  uint32_t n = 0;
  const char *text = NULL, *name = NULL;
  size_t length = 0, name_length = 0;
  adm_status status;

  switch (op) {
  case 0x80: /* PROTO */
    status = number (m, 1, &n);
    return status ? status : n == 2 ? ADM_OK : refuse (m, ADM_WORD_PROTOCOL);
  case '.': /* STOP */
    if (m->marks || m->depth != 1)
      return refuse (m, ADM_WORD_STOPS);
    *done = true;
    return pop (m, &m->out->root);
  case 'c': /* GLOBAL */
    status = line (m, &text, &length);
    if (!status)
      status = line (m, &name, &name_length);
    return status ? status : find_global (m, text, length, name, name_length);
  case '(': /* MARK */
    if (m->marks == MAX_DEPTH)
      return refuse (m, ADM_WORD_DEEP);
    m->mark[m->marks++] = m->depth;
    return ADM_OK;
  case 'q': /* BINPUT */
  case 'r': /* LONG_BINPUT */
    status = number (m, op == 'q' ? 1 : 4, &n);
    return status ? status : put_memo (m, n);
  case 'h': /* BINGET */
  case 'j': /* LONG_BINGET */
    status = number (m, op == 'h' ? 1 : 4, &n);
    return status ? status : get_memo (m, n);
  case 'Q': /* BINPERSID */
    return persistent_id (m);
  case 'R':  /* REDUCE */
  case 0x81: /* NEWOBJ: an object without its __init__; known classes are none of those */
    return reduce (m);
  case 'b': /* BUILD */
    return build (m);
  default:
    return op && strchr (")}]tsuae\x85\x86\x87", op) ? contain (m, op) : push_constant (m, op);
  }
}

adm_status
adm_pickle_parse (const unsigned char *data, uint64_t size, const char *where, adm_pickle *out,
                  adm_error *error)
{
  struct machine *m = calloc (1, sizeof *m);
  uint32_t unused;
  bool done = false;
  *out = (adm_pickle) { .cells = 0 };
  if (!m)
    return ADM_FAIL (error, NO_MEMORY_READ, where);
  *m = (struct machine) { .data = data, .size = size, .where = where, .out = out, .error = error };
  m->stack = malloc (MAX_STACK * sizeof *m->stack);
  adm_status status = m->stack
                          ? new_value (m, (adm_pickle_value) { .type = ADM_PICKLE_NONE }, &unused)
                          : no_memory (m);
  if (!status && !(out->cell = calloc (1024, sizeof *out->cell)))
    status = no_memory (m);
  out->cell_capacity = 1024;
  out->cells = 1; /* cell 0 means none */
  while (!status && !done) {
    const unsigned char *op = NULL;
    status = bytes (m, 1, &op);
    if (!status)
      status = execute (m, *op, &done);
  }
  out->end = m->at;
  free (m->stack);
  free (m->memo);
  free (m);
  if (status)
    adm_pickle_clear (out);
  return status;
}

void
adm_pickle_clear (adm_pickle *pickle)
{
  free (pickle->value);
  free (pickle->cell);
  *pickle = (adm_pickle) { .cells = 0 };
}

uint32_t
adm_pickle_item (const adm_pickle *pickle, uint32_t container, uint32_t i)
{
  uint32_t cell = pickle->value[container].first;
  while (i--)
    cell = pickle->cell[cell].next;
  return pickle->cell[cell].value;
}
