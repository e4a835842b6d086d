/* Times the C interfaces of XGBoost and LightGBM, one thread:
 *   native xgboost|lightgbm LIBRARY MODEL ROWS COLUMNS measure|first
 * ROWS holds single-precision numbers, row major. One line of JSON comes out: nanoseconds per row, milliseconds
 * to the first prediction, resident kilobytes. Declarations are of the libraries' documented C interfaces. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { single_rows = 1000, explained_rows = 100, told = 200, told_parts = 5, passes = 400 };
static double budget;

static void *library;
static int columns, total;
static float *rows;
static char *model;
static long model_bytes;

static void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

static void *symbol(const char *name) {
  void *found = dlsym(library, name);
  if (!found) fail(name);
  return found;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static char *read_file(const char *path, long *bytes) {
  FILE *file = fopen(path, "rb");
  if (!file) fail(path);
  fseek(file, 0, SEEK_END);
  *bytes = ftell(file);
  rewind(file);
  char *text = malloc(*bytes + 1);
  if (fread(text, 1, *bytes, file) != (size_t)*bytes) fail(path);
  text[*bytes] = 0;
  fclose(file);
  return text;
}

/* What differs between the two libraries. */
typedef struct {
  void (*load)(void);
  void (*prepare_single)(void);
  double (*single)(const float *row);
  void (*batch)(int count, double *answers);
  void (*explain)(int count, double *parts);
} engine;

/* XGBoost */
typedef unsigned long long length;
static void *booster;
static int (*xgb_dense)(void *, const char *, const char *, void *, length const **, length *, const float **);
static int (*xgb_matrix)(void *, void *, const char *, length const **, length *, const float **);
static int (*xgb_from_dense)(const char *, const char *, void **);
static float row_buffer[4096];
static char row_array[256];
static const char *in_place = "{\"type\":0,\"training\":false,\"iteration_begin\":0,\"iteration_end\":0,"
                              "\"strict_shape\":false,\"cache_id\":0,\"missing\":NaN}";
static const char *in_place_margin = "{\"type\":1,\"training\":false,\"iteration_begin\":0,\"iteration_end\":0,"
                                     "\"strict_shape\":false,\"cache_id\":0,\"missing\":NaN}";
static const char *contributions = "{\"type\":2,\"training\":false,\"iteration_begin\":0,\"iteration_end\":0,"
                                   "\"strict_shape\":false}";

static void describe(char *text, const float *data, int count) {
  sprintf(text, "{\"data\":[%llu,true],\"shape\":[%d,%d],\"typestr\":\"<f4\",\"version\":3}",
          (unsigned long long)(uintptr_t)data, count, columns);
}

static void xgb_load(void) {
  int (*create)(void **, length, void **) = symbol("XGBoosterCreate");
  int (*load)(void *, const void *, length) = symbol("XGBoosterLoadModelFromBuffer");
  int (*set)(void *, const char *, const char *) = symbol("XGBoosterSetParam");
  xgb_dense = symbol("XGBoosterPredictFromDense");
  xgb_matrix = symbol("XGBoosterPredictFromDMatrix");
  xgb_from_dense = symbol("XGDMatrixCreateFromDense");
  if (create(NULL, 0, &booster) || load(booster, model, model_bytes) || set(booster, "nthread", "1"))
    fail("XGBoost did not load the model");
}

static void xgb_prepare(void) { describe(row_array, row_buffer, 1); }

static double xgb_single(const float *row) {
  length const *shape;
  length dimensions;
  const float *answer;
  memcpy(row_buffer, row, columns * sizeof(float));
  if (xgb_dense(booster, row_array, in_place, NULL, &shape, &dimensions, &answer)) fail("XGBoost: one row");
  return answer[0];
}

static void xgb_batch(int count, double *answers) {
  char array[256];
  length const *shape;
  length dimensions;
  const float *answer;
  describe(array, rows, count);
  if (xgb_dense(booster, array, in_place_margin, NULL, &shape, &dimensions, &answer)) fail("XGBoost: rows");
  for (int i = 0; answers && i < told; i++) answers[i] = answer[i];
}

/* Contributions want a DMatrix: it is made once, outside the time. */
static void *explained;
static void xgb_explain(int count, double *parts) {
  length const *shape;
  length dimensions;
  const float *answer;
  if (!explained) {
    char array[256];
    describe(array, rows, count);
    if (xgb_from_dense(array, "{\"missing\":NaN,\"nthread\":1}", &explained)) fail("XGBoost: DMatrix");
  }
  if (xgb_matrix(booster, explained, contributions, &shape, &dimensions, &answer)) fail("XGBoost: contributions");
  for (int i = 0; parts && i < told_parts * (columns + 1); i++) parts[i] = answer[i];
}

/* LightGBM */
static int (*lgb_mat)(void *, const void *, int, int32_t, int32_t, int, int, int, int, const char *, int64_t *, double *);
static int (*lgb_fast)(void *, const void *, int64_t *, double *);
static void *fast;
static double *lgb_out;
static const char *one_thread = "num_threads=1";

static void lgb_load(void) {
  int iterations;
  int (*load)(const char *, int *, void **) = symbol("LGBM_BoosterLoadModelFromString");
  lgb_mat = symbol("LGBM_BoosterPredictForMat");
  lgb_fast = symbol("LGBM_BoosterPredictForMatSingleRowFast");
  if (load(model, &iterations, &booster)) fail("LightGBM did not load the model");
  lgb_out = malloc(sizeof(double) * 10000 * (columns + 1));
}

static void lgb_prepare(void) {
  int (*init)(void *, int, int, int, int, int32_t, const char *, void **) =
      symbol("LGBM_BoosterPredictForMatSingleRowFastInit");
  if (init(booster, 0, 0, -1, 0, columns, one_thread, &fast)) fail("LightGBM: one row");
}

static double lgb_single(const float *row) {
  int64_t count;
  double answer;
  if (lgb_fast(fast, row, &count, &answer)) fail("LightGBM: one row");
  return answer;
}

static void lgb_rows(int count, int type) {
  int64_t length;
  if (lgb_mat(booster, rows, 0, count, columns, 1, type, 0, -1, one_thread, &length, lgb_out)) fail("LightGBM: rows");
}

static void lgb_batch(int count, double *answers) {
  lgb_rows(count, 1);
  for (int i = 0; answers && i < told; i++) answers[i] = lgb_out[i];
}

static void lgb_explain(int count, double *parts) {
  lgb_rows(count, 3);
  for (int i = 0; parts && i < told_parts * (columns + 1); i++) parts[i] = lgb_out[i];
}

static int ascending(const void *a, const void *b) {
  double d = *(const double *)a - *(const double *)b;
  return (d > 0) - (d < 0);
}

static double at(double *sorted, int count, double share) {
  int place = (int)(count * share);
  return sorted[place < count ? place : count - 1];
}

static const engine *chosen;
static volatile double sink;
static void pass_single(int count) {
  for (int i = 0; i < count; i++) sink = chosen->single(rows + (long)i * columns);
}
static void pass_batch(int count) { chosen->batch(count, NULL); }
static void pass_explain(int count) { chosen->explain(count, NULL); }

/* Passes over the same rows until the budget is spent: least and median, nanoseconds per row. */
static void time_passes(const char *name, void (*pass)(int), int count) {
  static double took[passes];
  int made = 0;
  double begun = now();
  do pass(count);
  while (now() - begun < budget);
  begun = now();
  while (made < passes && (made < 3 || now() - begun < budget)) {
    double start = now();
    pass(count);
    took[made++] = (now() - start) / count;
  }
  qsort(took, made, sizeof(double), ascending);
  printf("\"%s\":{\"best\":%.2f,\"median\":%.2f,\"passes\":%d},", name, took[0], at(took, made, 0.5), made);
}

static void time_calls(void) {
  enum { calls = 50000 };
  static double took[calls];
  for (int i = 0; i < calls; i++) {
    double start = now();
    sink = chosen->single(rows + (long)(i % single_rows) * columns);
    took[i] = now() - start;
  }
  qsort(took, calls, sizeof(double), ascending);
  printf("\"calls\":{\"p50\":%.0f,\"p99\":%.0f},", at(took, calls, 0.5), at(took, calls, 0.99));
}

static long resident(void) {
  long size, pages;
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file || fscanf(file, "%ld %ld", &size, &pages) != 2) return 0;
  fclose(file);
  return pages * sysconf(_SC_PAGESIZE) / 1024;
}

static void list(const char *name, const double *values, int count) {
  printf("\"%s\":[", name);
  for (int i = 0; i < count; i++) printf("%s%.17g", i ? "," : "", values[i]);
  printf("]");
}

static void measure(void) {
  double answers[told], *parts = malloc(sizeof(double) * told_parts * (columns + 1));
  chosen->load();
  chosen->prepare_single();
  time_passes("single", pass_single, single_rows);
  time_calls();
  time_passes("batch1000", pass_batch, 1000);
  time_passes("batch10000", pass_batch, total);
  time_passes("contributions", pass_explain, explained_rows);
  chosen->batch(total, answers);
  chosen->explain(explained_rows, parts);
  list("margins", answers, told);
  printf(",");
  list("parts", parts, told_parts * (columns + 1));
  printf("}\n");
}

static void first(void) {
  double start = now();
  chosen->load();
  chosen->prepare_single();
  sink = chosen->single(rows);
  printf("\"milliseconds\":%.3f,\"kilobytes\":%ld}\n", (now() - start) / 1e6, resident());
}

int main(int count, char **words) {
  static const engine xgboost = {xgb_load, xgb_prepare, xgb_single, xgb_batch, xgb_explain};
  static const engine lightgbm = {lgb_load, lgb_prepare, lgb_single, lgb_batch, lgb_explain};
  const char *milliseconds = getenv("BENCH_MILLISECONDS");
  long bytes;
  budget = 1e6 * (milliseconds ? atof(milliseconds) : 500);
  if (count != 7) fail("usage: native xgboost|lightgbm LIBRARY MODEL ROWS COLUMNS measure|first");
  library = dlopen(words[2], RTLD_NOW);
  if (!library) fail(dlerror());
  model = read_file(words[3], &model_bytes);
  rows = (float *)read_file(words[4], &bytes);
  columns = atoi(words[5]);
  total = (int)(bytes / sizeof(float) / columns);
  chosen = strcmp(words[1], "xgboost") ? &lightgbm : &xgboost;
  printf("{");
  if (strcmp(words[6], "first")) measure();
  else first();
  return 0;
}
