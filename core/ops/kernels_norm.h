/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Group norm's inner loops, forward and back: a part of kernels_body.h, which includes it. Sums are
 * doubles, in two vectors for one of floats: GCC keeps a vector of twice a register's size in
 * memory, and moments took 2.7 times as long by it. */

typedef float half_vf __attribute__ ((vector_size (LANES * 2)));
typedef double vd __attribute__ ((vector_size (LANES * 4)));

/* LANES floats from P on. */
ALWAYS void
doubles (const float *p, vd v[2])
{
  half_vf f[2];
  memcpy (f, p, sizeof f);
  v[0] = __builtin_convertvector (f[0], vd);
  v[1] = __builtin_convertvector (f[1], vd);
}

static void
moments (int p, int c, const float *x, ptrdiff_t stride, double *sum, double *square)
{
  int i = 0;
  for (; i + LANES <= c; i += LANES) {
    vd s[2], q[2];
    memcpy (s, sum + i, sizeof s);
    memcpy (q, square + i, sizeof q);
    for (int j = 0; j < p; j++) {
      vd v[2];
      doubles (x + j * stride + i, v);
      for (int half = 0; half < 2; half++) {
        s[half] += v[half];
        q[half] += v[half] * v[half];
      }
    }
    memcpy (sum + i, s, sizeof s);
    memcpy (square + i, q, sizeof q);
  }
  for (; i < c; i++)
    for (int j = 0; j < p; j++) {
      double v = (double) x[j * stride + i];
      sum[i] += v;
      square[i] += v * v;
    }
}

/* dy * f' (z), z = mul * x + add. SiLU' (z) = s + z s (1 - s), s = sigmoid (z). */
ALWAYS vf
grad_through (vf x, vf dy, vf mul, vf add, bool silu)
{
  if (!silu)
    return dy;
  vf z = mul * x + add;
  vf s = sigmoid_vf (z);
  return dy * (s + z * s * (splat (1.0f) - s));
}

/* LANES channels from C on or, at the end, PART of them. */
ALWAYS void
norm_grad_sums_of (int tail, const adm_norm_rows *r, int c, double *a, double *b)
{
  vf mul = load_some (r->mul + c, tail), add = load_some (r->add + c, tail);
  vd sa[2] = { 0 }, sb[2] = { 0 };
  const float *x = r->x + c, *dy = r->dy + c;
  for (int j = 0; j < r->p; j++, x += r->c, dy += r->c) {
    float xs[LANES], dzs[LANES];
    vf xv = load_some (x, tail);
    vd xd[2], dz[2];
    store (xs, xv);
    store (dzs, grad_through (xv, load_some (dy, tail), mul, add, r->silu));
    doubles (xs, xd);
    doubles (dzs, dz);
    for (int half = 0; half < 2; half++) {
      sa[half] += dz[half];
      sb[half] += dz[half] * xd[half];
    }
  }
  for (int k = 0; k < tail; k++) {
    a[c + k] += sa[k / (LANES / 2)][k % (LANES / 2)];
    b[c + k] += sb[k / (LANES / 2)][k % (LANES / 2)];
  }
}

static void
norm_grad_sums (adm_norm_rows r, double *a, double *b)
{
  for (int i = 0; i < r.c; i += LANES) {
    int tail = r.c - i < LANES ? r.c - i : LANES;
    if (tail == LANES)
      norm_grad_sums_of (LANES, &r, i, a, b);
    else
      norm_grad_sums_of (tail, &r, i, a, b);
  }
}

static void
norm_grad (adm_norm_rows r, const float *k1, const float *k2, bool accumulate, float *dx)
{
  const float *x = r.x, *dy = r.dy;
  for (int j = 0; j < r.p; j++, x += r.c, dy += r.c, dx += r.c)
    for (int i = 0; i < r.c; i += LANES) {
      int tail = r.c - i < LANES ? r.c - i : LANES;
      vf xv = load_some (x + i, tail), m = load_some (r.mul + i, tail);
      vf dz = grad_through (xv, load_some (dy + i, tail), m, load_some (r.add + i, tail), r.silu);
      vf g = m * dz - load_some (k1 + i, tail) - load_some (k2 + i, tail) * xv;
      if (accumulate)
        g += load_some (dx + i, tail);
      if (tail == LANES)
        store (dx + i, g);
      else
        store_tail (dx + i, g, tail);
    }
}
