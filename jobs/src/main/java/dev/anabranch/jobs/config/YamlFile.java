package dev.anabranch.jobs.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A YAML file of options: keys nested, dotted or both; values are scalars or lists of scalars. */
final class YamlFile {

  private final Path path;
  private final YAMLParser parser;
  private final List<OptionProblem> problems;
  private final Map<String, Setting> settings = new LinkedHashMap<>();

  private YamlFile(Path path, YAMLParser parser, List<OptionProblem> problems) {
    this.path = path;
    this.parser = parser;
    this.problems = problems;
  }

  /** What the file says; what it should not say is added to the problems. */
  static Map<String, Setting> read(Path path, List<OptionProblem> problems) {
    try (var reader = Files.newBufferedReader(path);
        var parser = new YAMLFactory().createParser(reader)) {
      // Of a file that can't be read to its end, keys may be parts of values: they are not shown.
      var found = new ArrayList<OptionProblem>();
      var file = new YamlFile(path, parser, found);
      file.readDocument();
      problems.addAll(found);
      return file.settings;
    } catch (JsonProcessingException e) {
      problems.add(
          new OptionProblem(
              path + ", line " + e.getLocation().getLineNr(),
              // The parser's own words quote the line, which may hold a password.
              "is no YAML, at or before column "
                  + e.getLocation().getColumnNr()
                  + ": put values in quotes that begin with a special character, or hold ': ' or"
                  + " ' #'; indent with blanks"));
    } catch (IOException e) {
      problems.add(
          new OptionProblem("--config " + path, "can't be read: is it there and readable?"));
    }
    return Map.of();
  }

  private void readDocument() throws IOException {
    var first = parser.nextToken();
    if (first == JsonToken.START_OBJECT) {
      readObject("");
    } else if (first != null) {
      problems.add(
          new OptionProblem(source(), "must hold keys with values: `region.name: eu-west`"));
      return;
    }
    if (first != null && parser.nextToken() != null) {
      problems.add(
          new OptionProblem(
              source(), "begins a second document; keep one, without a line `---` between"));
    }
  }

  private void readObject(String prefix) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      var key = prefix + parser.currentName();
      var source = source();
      var token = parser.nextToken();
      if (isMore(key, source)) {
        parser.skipChildren();
        continue;
      }
      switch (token) {
        case START_OBJECT -> readObject(key + '.');
        case START_ARRAY -> put(key, readList(key), source);
        case VALUE_NULL ->
            problems.add(new OptionProblem(key + " (" + source + ")", "has no value"));
        default -> put(key, List.of(parser.getText()), source);
      }
    }
  }

  private List<String> readList(String key) throws IOException {
    var items = new ArrayList<String>();
    for (var token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
      if (isMore(key, source())) {
        parser.skipChildren();
      } else if (token.isScalarValue() && token != JsonToken.VALUE_NULL) {
        items.add(parser.getText());
      } else {
        problems.add(
            new OptionProblem(key + " (" + source() + ")", "a list may hold plain values only"));
        parser.skipChildren();
      }
    }
    return items;
  }

  /** Whether the value is other than it looks; a problem then, which does not show it. */
  private boolean isMore(String key, String source) throws IOException {
    @Nullable String remedy = null;
    if (parser.isCurrentAlias()) {
      remedy = "refers to another value (*name); write the value out, or put it in quotes";
    } else if (parser.getTypeId() != null) {
      remedy = "has a tag (!name); leave it out, or put the value in quotes";
    } else if (key.equals("<<") || key.endsWith(".<<")) {
      remedy = "merges other keys; write them out";
    }
    if (remedy != null) {
      problems.add(new OptionProblem(key + " (" + source + ")", remedy));
    }
    return remedy != null;
  }

  private void put(String key, List<String> values, String source) {
    var before = settings.put(key, Setting.asWritten(key, values, source));
    if (before != null) {
      problems.add(
          new OptionProblem(
              key + " (" + source + ")", "is given already in " + before.source() + "; keep one"));
    }
  }

  private String source() {
    return path.getFileName() + ", line " + parser.currentTokenLocation().getLineNr();
  }
}
