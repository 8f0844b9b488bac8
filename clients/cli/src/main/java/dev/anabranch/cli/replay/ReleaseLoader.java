package dev.anabranch.cli.replay;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/**
 * The classes of one release: those of its jars first, whatever else they are called, then what
 * this program brings. It shares only the JDK with other releases, so two of them never mix.
 */
final class ReleaseLoader extends URLClassLoader {

  private static final String DOMAINS = "META-INF/services/dev.anabranch.api.Domain";

  static {
    registerAsParallelCapable();
  }

  /** Finds in the jars only. */
  private final URLClassLoader jars;

  private ReleaseLoader(URL[] urls, URLClassLoader jars) {
    super(urls, ClassLoader.getPlatformClassLoader());
    this.jars = jars;
  }

  /**
   * @throws IllegalArgumentException if a jar is not there
   */
  static ReleaseLoader of(List<Path> jars) {
    var own = new ArrayList<URL>();
    for (var jar : jars) {
      if (!Files.isRegularFile(jar)) {
        throw new IllegalArgumentException(jar + " is no file; build the jar first");
      }
      own.add(url(jar));
    }
    var all = new ArrayList<>(own);
    for (var entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      all.add(url(Path.of(entry)));
    }
    return new ReleaseLoader(
        all.toArray(new URL[0]), new URLClassLoader(own.toArray(new URL[0]), null));
  }

  /** This program's own domains, the examples, are not the release's. */
  @Override
  public Enumeration<URL> findResources(String name) throws IOException {
    return name.equals(DOMAINS)
        ? Collections.enumeration(Collections.list(jars.findResources(name)))
        : super.findResources(name);
  }

  @Override
  public void close() throws IOException {
    jars.close();
    super.close();
  }

  private static URL url(Path path) {
    try {
      return path.toAbsolutePath().toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(path + " can't be read", e);
    }
  }
}
