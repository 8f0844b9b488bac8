package dev.anabranch.simulation;
public class Try {
  public static void main(String[] a) throws Exception {
    long from = Long.parseLong(a[0]); int n = Integer.parseInt(a[1]);
    if (a.length > 2 && a[2].equals("story")) { System.out.println(Simulation.failure(from)); System.exit(0); }
    long t = System.nanoTime(); int bad = 0; long sw = 0, facts = 0;
    for (long s = from; s < from + n; s++) {
      try {
        var o = Simulation.run(s);
        sw += o.switches(); facts += o.record().size();
        if (!o.findings().isEmpty()) { bad++; if (bad <= 12) System.out.println(s + " " + o.findings().get(0) + " (" + o.findings().size() + ")"); }
        if (a.length > 2 && a[2].equals("twice") && Simulation.run(s).print() != o.print()) System.out.println(s + " NOT DETERMINISTIC");
      } catch (Throwable e) { bad++; if (bad<=12) { System.out.println(s + " " + e); if (bad < 3) e.printStackTrace(System.out);} }
    }
    double sec = (System.nanoTime() - t) / 1e9;
    System.out.println(n + " schedules, " + bad + " bad, " + sw / n + " switches, " + facts / n + " facts, " + (int) (n / sec * 60) + " a minute");
    System.exit(0);
  }
}
