package dev.anabranch.cli;

import picocli.CommandLine.IVersionProvider;

/** The release and the Java that it runs on. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    var release = Anabranch.class.getPackage().getImplementationVersion();
    return new String[] {
      "anabranch " + (release == null ? "(built from source)" : release),
      "Java " + System.getProperty("java.version")
    };
  }
}
