import hex.genmodel.ModelMojoReader;
import hex.genmodel.MojoModel;
import hex.genmodel.MojoReaderBackend;
import hex.genmodel.MojoReaderBackendFactory;
import hex.genmodel.PredictContributions;
import hex.genmodel.PredictContributionsFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.StringJoiner;
import java.util.function.IntConsumer;

/**
 * Times h2o-genmodel, one thread: java -cp GENMODEL.jar:FOLDER Genmodel MODEL ROWS COLUMNS measure|first.
 * Rows go in as arrays of numbers, the fastest way in that it has. One line of JSON comes out.
 */
public class Genmodel {
  static final int SINGLE = 1000, EXPLAINED = 100, TOLD = 200, TOLD_PARTS = 5, PASSES = 400;
  static final long BUDGET = Long.parseLong(System.getenv().getOrDefault("BENCH_MILLISECONDS", "500")) * 1_000_000;

  static MojoModel model;
  static double[][] rows;
  static double[] answers;
  static volatile double sink;

  public static void main(String[] words) throws Exception {
    byte[] bytes = Files.readAllBytes(Path.of(words[0]));
    rows = readRows(Path.of(words[1]), Integer.parseInt(words[2]));
    StringBuilder json = new StringBuilder("{");
    if (words[3].equals("first")) first(bytes, json);
    else measure(bytes, json);
    System.out.println(json);
  }

  static double[][] readRows(Path path, int columns) throws IOException {
    var numbers = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    double[][] rows = new double[numbers.limit() / columns][columns];
    for (double[] row : rows) for (int i = 0; i < columns; i++) row[i] = numbers.get();
    return rows;
  }

  /** Contributions of a random forest need the description of the model, which is read only when asked for. */
  static void load(byte[] bytes, boolean described) throws IOException {
    MojoReaderBackend backend =
        MojoReaderBackendFactory.createReaderBackend(
            new ByteArrayInputStream(bytes), MojoReaderBackendFactory.CachingStrategy.MEMORY);
    model = ModelMojoReader.readFrom(backend, described);
    answers = new double[model.getPredsSize()];
  }

  static void first(byte[] bytes, StringBuilder json) throws IOException {
    long start = System.nanoTime();
    load(bytes, false);
    predict(1);
    double took = (System.nanoTime() - start) / 1e6;
    long kilobytes = 0;
    for (String line : Files.readAllLines(Path.of("/proc/self/status")))
      if (line.startsWith("VmRSS:")) kilobytes = Long.parseLong(line.replaceAll("\\D", ""));
    json.append("\"milliseconds\":" + took + ",\"kilobytes\":" + kilobytes + "}");
  }

  static void predict(int count) {
    for (int i = 0; i < count; i++) sink = model.score0(rows[i], answers)[0];
  }

  static void measure(byte[] bytes, StringBuilder json) throws IOException {
    load(bytes, true);
    passes(json, "single", SINGLE, Genmodel::predict);
    calls(json);
    passes(json, "batch1000", 1000, Genmodel::predict);
    passes(json, "batch10000", rows.length, Genmodel::predict);
    if (model instanceof PredictContributionsFactory) {
      PredictContributions explainer = ((PredictContributionsFactory) model).makeContributionsPredictor();
      passes(
          json,
          "contributions",
          EXPLAINED,
          count -> {
            for (int i = 0; i < count; i++) sink = explainer.calculateContributions(rows[i])[0];
          });
      StringJoiner parts = new StringJoiner(",");
      for (int i = 0; i < TOLD_PARTS; i++)
        for (float part : explainer.calculateContributions(rows[i])) parts.add(Float.toString(part));
      json.append("\"parts\":[" + parts + "],");
    }
    double[] told = new double[TOLD];
    for (int i = 0; i < TOLD; i++) told[i] = model.score0(rows[i], answers)[2];
    json.append("\"probabilities\":" + Arrays.toString(told) + "}");
  }

  /** Passes over the same rows until the budget is spent; four times as much before, for the compiler. */
  static void passes(StringBuilder json, String name, int count, IntConsumer pass) {
    long warm = System.nanoTime();
    while (System.nanoTime() - warm < 4 * BUDGET) pass.accept(count);
    double[] took = new double[PASSES];
    int made = 0;
    long begun = System.nanoTime();
    while (made < PASSES && (made < 3 || System.nanoTime() - begun < BUDGET)) {
      long start = System.nanoTime();
      pass.accept(count);
      took[made++] = (double) (System.nanoTime() - start) / count;
    }
    double[] sorted = Arrays.copyOf(took, made);
    Arrays.sort(sorted);
    json.append(
        "\"" + name + "\":{\"best\":" + sorted[0] + ",\"median\":" + sorted[made / 2] + ",\"passes\":" + made + "},");
  }

  static void calls(StringBuilder json) {
    double[] took = new double[50_000];
    for (int i = 0; i < took.length; i++) {
      double[] row = rows[i % SINGLE];
      long start = System.nanoTime();
      sink = model.score0(row, answers)[0];
      took[i] = System.nanoTime() - start;
    }
    Arrays.sort(took);
    json.append("\"calls\":{\"p50\":" + took[took.length / 2] + ",\"p99\":" + took[took.length * 99 / 100] + "},");
  }
}
