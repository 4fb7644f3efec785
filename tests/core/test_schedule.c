/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Respacing against the reference's table of spellings, and the schedule's coefficients against
 * their definitions. */
#include "diffusion/respacing.h"
#include "diffusion/schedule.h"

#include "check.h"
#include "said.h"

#include <math.h>
#include <stdlib.h>
#include <yyjson.h>

static void
test_table (void)
{
  yyjson_read_err read_error;
  yyjson_doc *doc = yyjson_read_file (ADM_TEST_FIXTURES "/respacing.json", 0, NULL, &read_error);
  if (!CHECK (doc != NULL))
    return;
  size_t index, count, spellings = 0;
  yyjson_val *key, *value;
  yyjson_obj_foreach (yyjson_doc_get_root (doc), index, count, key, value)
  {
    adm_schedule *schedule;
    adm_error error = { 0 };
    spellings++;
    if (!CHECK (
            adm_schedule_new (ADM_SCHEDULE_COSINE, 1000, yyjson_get_str (key), &schedule, &error)
            == ADM_OK)) {
      printf ("  %s: %s\n", yyjson_get_str (key), said (&error));
      continue;
    }
    bool same = (size_t) schedule->steps == yyjson_arr_size (value);
    for (int i = 0; same && i < schedule->steps; i++)
      same = schedule->step[i].t == yyjson_get_int (yyjson_arr_get (value, (size_t) i));
    if (!CHECK (same))
      printf ("  %s\n", yyjson_get_str (key));
    adm_schedule_free (schedule);
  }
  CHECK (spellings >= 20);
  yyjson_doc_free (doc);
}

static void
expect_refused (const char *respacing, const char *part)
{
  adm_schedule *schedule = (adm_schedule *) 1;
  adm_error error = { 0 };
  if (!CHECK (adm_schedule_new (ADM_SCHEDULE_LINEAR, 1000, respacing, &schedule, &error)
              == ADM_ERROR_USAGE))
    printf ("  respacing \"%s\"\n", respacing);
  CHECK (schedule == NULL);
  CHECK_CONTAINS (said (&error), part);
}

static void
test_refusals (void)
{
  const char *not_spelled[]
      = { "",    "x",   "25x", " 25", "25 ",    "+25",   "-25",
          "2.5", "1e2", "10,", ",10", "10,,10", "10;20", "99999999999999999999" };
  for (size_t i = 0; i < sizeof not_spelled / sizeof *not_spelled; i++)
    expect_refused (not_spelled[i], "not a spelling of steps");
  const char *no_timesteps[] = { "t=", "t=a", "t=1;2", "t=1,", "t=-1,2", "t=1.5,3" };
  for (size_t i = 0; i < sizeof no_timesteps / sizeof *no_timesteps; i++)
    expect_refused (no_timesteps[i], "followed by timesteps between commas");
  static const struct {
    const char *respacing, *says;
  } cases[] = {
    { "t=5,5", "timestep 5: they must ascend" },
    { "t=0,1000", "timestep 1000: they must ascend and be below 1000" },
    { "t=7", "leaves 1 step," },
    { "1001", "1001 steps do not fit in 1000 timesteps" },
    { "10,10,335", "335 steps do not fit in 333 timesteps" },
    { "1", "leaves 1 step," },
    { "0", "leaves 0 steps" },
    { "0,1", "at least 2" },
    { "ddim", "ddim must be followed" },
    { "ddim-5", "ddim must be followed" },
    { "ddim25,25", "ddim must be followed" },
    { "ddim1", "no stride divides 1000 timesteps into exactly 1" },
    { "ddim0", "no stride" },
    { "ddim300", "no stride divides 1000 timesteps into exactly 300" },
    { "ddim1001", "no stride" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    expect_refused (cases[i].respacing, cases[i].says);
}

static void
test_sections (void)
{
  bool keep[10];
  int kept;
  adm_error error;
  /* 10 timesteps in 3 sections: 4, 3 and 3 long; an empty section keeps nothing. */
  CHECK (adm_respacing_parse ("2,0,1", 10, keep, &kept, &error) == ADM_OK);
  CHECK (kept == 3 && keep[0] && keep[3] && keep[7]);
  CHECK (adm_respacing_stride (5, 10) == 2);
  CHECK (adm_respacing_stride (6, 10) == 0);
}

/* The timesteps of KIND's schedule for STEPS of SAMPLER are those of RESPACING. */
static void
expect_steps (adm_schedule_kind kind, adm_sampler sampler, int steps, const char *respacing)
{
  adm_schedule *found, *expected;
  adm_error error;
  if (!CHECK (adm_schedule_for_steps (kind, 1000, sampler, steps, &found, &error) == ADM_OK))
    return;
  if (CHECK (adm_schedule_new (kind, 1000, respacing, &expected, &error) == ADM_OK)) {
    bool same = found->steps == expected->steps;
    for (int i = 0; same && i < found->steps; i++)
      same = found->step[i].t == expected->step[i].t
             && found->step[i].beta == expected->step[i].beta;
    if (!CHECK (same))
      for (int i = 0; i < found->steps; i++)
        printf (" %d", found->step[i].t);
  }
  adm_schedule_free (found);
  adm_schedule_free (expected);
}

static void
test_for_steps (void)
{
  adm_schedule *schedule;
  adm_error error;
  expect_steps (ADM_SCHEDULE_COSINE, ADM_SAMPLER_DDIM, 25, "ddim25");
  expect_steps (ADM_SCHEDULE_COSINE, ADM_SAMPLER_DDIM, 300, "300");
  expect_steps (ADM_SCHEDULE_COSINE, ADM_SAMPLER_DDPM, 25, "25");
  /* Worked out apart from this, with NumPy: sigma of 990 is 75, of 991 it is 84. */
  expect_steps (ADM_SCHEDULE_COSINE, ADM_SAMPLER_SDE_DPMPP_2M, 20,
                "t=0,4,17,44,94,179,304,461,615,737,823,880,917,942,958,970,978,983,987,990");
  expect_steps (ADM_SCHEDULE_COSINE, ADM_SAMPLER_DPMPP_2M, 2, "t=0,990");
  adm_sampler solver = ADM_SAMPLER_DPMPP_2M;
  for (int steps = 2; steps <= 1000;
       steps = steps * 3 / 2 + 1 > 1000 && steps < 1000 ? 1000 : steps * 3 / 2 + 1) {
    bool falls = true;
    if (!CHECK (adm_schedule_for_steps (ADM_SCHEDULE_LINEAR, 1000, solver, steps, &schedule, &error)
                    == ADM_OK
                && schedule->steps == steps))
      return;
    for (int i = 1; i < steps; i++)
      falls = falls && schedule->step[i].t > schedule->step[i - 1].t;
    CHECK (falls && schedule->step[0].t == 0
           && (steps > 900 || sqrt (1.0 / schedule->step[steps - 1].alpha_bar - 1.0) <= 80.0));
    adm_schedule_free (schedule);
  }
  CHECK (adm_schedule_for_steps (ADM_SCHEDULE_LINEAR, 1000, ADM_SAMPLER_DDPM, 1, &schedule, &error)
             == ADM_ERROR_USAGE
         && !schedule);
  CHECK (
      adm_schedule_for_steps (ADM_SCHEDULE_LINEAR, 1000, ADM_SAMPLER_DDPM, 1001, &schedule, &error)
      == ADM_ERROR_USAGE);
  CHECK_CONTAINS (said (&error), "1001 is not within 2");
}

/* The full chain: alpha-bar is the product of 1 - beta, and the ends have the papers' values. */
static void
test_full_chain (adm_schedule_kind kind)
{
  adm_schedule *schedule;
  adm_error error;
  if (!CHECK (adm_schedule_new (kind, 1000, "1000", &schedule, &error) == ADM_OK))
    return;
  double product = 1.0, worst = 0.0;
  for (int t = 0; t < 1000; t++) {
    double u = t / 1000.0, v = (t + 1) / 1000.0;
    double cu = cos ((u + 0.008) / 1.008 * acos (-1.0) / 2),
           cv = cos ((v + 0.008) / 1.008 * acos (-1.0) / 2);
    double beta = kind == ADM_SCHEDULE_LINEAR ? 1e-4 + (0.02 - 1e-4) * t / 999.0
                                              : fmin (1.0 - cv * cv / (cu * cu), 0.999);
    product *= 1.0 - beta;
    worst = fmax (worst, fabs (schedule->step[t].beta - beta) / beta);
    worst = fmax (worst, fabs (schedule->step[t].alpha_bar - product) / product);
  }
  CHECK_NEAR (worst, 0.0, 1e-9); /* doubles, and 1 - a / b loses some digits where beta is 1e-4 */
  CHECK (schedule->step[999].t == 999 && schedule->step[0].alpha_bar_prev == 1.0);
  adm_schedule_free (schedule);
}

/* A thinned chain keeps the alpha-bars of the timesteps kept; q(x_{t-1} | x_t, x0) then follows
 * from Bayes' rule. */
static void
test_thinned_chain (adm_schedule_kind kind)
{
  adm_schedule *full, *thin;
  adm_error error;
  if (!CHECK (adm_schedule_new (kind, 1000, "1000", &full, &error) == ADM_OK
              && adm_schedule_new (kind, 1000, "25", &thin, &error) == ADM_OK))
    return;
  for (int i = 0; i < thin->steps; i++) {
    const adm_schedule_step *s = &thin->step[i];
    double a = full->step[s->t].alpha_bar, before = i > 0 ? full->step[s[-1].t].alpha_bar : 1.0,
           alpha = a / before;
    CHECK_NEAR (s->alpha_bar / a, 1.0, 1e-10);
    CHECK_NEAR (s->sqrt_recip_alpha_bar * s->sqrt_recip_alpha_bar
                    - s->sqrt_recipm1_alpha_bar * s->sqrt_recipm1_alpha_bar,
                1.0, 1e-6 * s->sqrt_recip_alpha_bar * s->sqrt_recip_alpha_bar);
    CHECK_NEAR (s->sqrt_one_minus_alpha_bar * s->sqrt_one_minus_alpha_bar, 1.0 - a, 1e-12);
    if (i == 0)
      continue;
    /* precision of x_{t-1}: 1 / (1 - before) from x0, alpha / (1 - alpha) from x_t */
    double variance = 1.0 / (1.0 / (1.0 - before) + alpha / (1.0 - alpha));
    CHECK_NEAR (exp (s->posterior_log_variance) / variance, 1.0, 1e-9);
    CHECK_NEAR (s->posterior_mean_coef1, variance * sqrt (before) / (1.0 - before), 1e-9);
    CHECK_NEAR (s->posterior_mean_coef2, variance * sqrt (alpha) / (1.0 - alpha), 1e-9);
    CHECK_NEAR (s->fixed_variance, 1.0 - alpha, 1e-10);
    CHECK_NEAR (exp (s->log_beta), 1.0 - alpha, 1e-10);
  }
  CHECK (thin->step[0].posterior_log_variance == thin->step[1].posterior_log_variance);
  CHECK_NEAR (thin->step[0].fixed_variance, exp (thin->step[1].posterior_log_variance), 1e-15);
  CHECK_NEAR (thin->step[0].posterior_mean_coef1, 1.0, 1e-12);
  CHECK (thin->step[0].posterior_mean_coef2 == 0.0);
  adm_schedule_free (full);
  adm_schedule_free (thin);
}

static void
test_steps_of_training (void)
{
  adm_schedule *schedule;
  adm_error error;
  CHECK (adm_schedule_new (ADM_SCHEDULE_LINEAR, 4000, "250", &schedule, &error) == ADM_OK);
  CHECK_NEAR (schedule->step[0].beta, 1e-4 / 4, 1e-12);
  CHECK (schedule->step[249].t == 3999);
  adm_schedule_free (schedule);
  /* beta would reach 2 */
  CHECK (adm_schedule_new (ADM_SCHEDULE_LINEAR, 10, "10", &schedule, &error) == ADM_ERROR_USAGE);
  CHECK_CONTAINS (said (&error), "too few for a linear noise schedule");
  CHECK (adm_schedule_new (ADM_SCHEDULE_LINEAR, 1, "2", &schedule, &error) == ADM_ERROR_USAGE);
  CHECK (adm_schedule_new (ADM_SCHEDULE_LINEAR, 100001, "2", &schedule, &error) == ADM_ERROR_USAGE);
  CHECK (adm_schedule_new (ADM_SCHEDULE_UNKNOWN, 1000, "25", &schedule, &error) == ADM_ERROR_USAGE);
  CHECK_CONTAINS (said (&error), "noise_schedule");
}

int
main (void)
{
  test_table ();
  test_refusals ();
  test_sections ();
  test_for_steps ();
  test_full_chain (ADM_SCHEDULE_LINEAR);
  test_full_chain (ADM_SCHEDULE_COSINE);
  test_thinned_chain (ADM_SCHEDULE_LINEAR);
  test_thinned_chain (ADM_SCHEDULE_COSINE);
  test_steps_of_training ();
  return check_summary ();
}
