package dev.anabranch.benchmarks.report;

import dev.anabranch.benchmarks.cell.CellResult;
import java.util.List;
import java.util.Map;

/**
 * A whole run, as it is written to JSON.
 *
 * @param command the line that repeats it
 * @param machine what it ran on
 * @param database settings of the server that decide about durability
 * @param base the cell that the others are compared with
 */
public record RunResult(
    String label,
    String date,
    String commit,
    String command,
    Map<String, String> machine,
    Map<String, String> database,
    Map<String, String> settings,
    String base,
    List<CellResult> cells) {}
