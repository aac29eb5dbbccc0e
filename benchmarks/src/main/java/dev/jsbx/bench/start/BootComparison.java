package dev.jsbx.bench.start;

import dev.jsbx.bench.Comparison;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The kvm engine against QEMU with KVM, on the lab's emulated KVM: {@link BootInLab} measures. */
public final class BootComparison implements Comparison {
    private final Path jsbx;

    /**
     * @param jsbx the launcher
     */
    public BootComparison(Path jsbx) {
        this.jsbx = jsbx;
    }

    @Override
    public String name() {
        return "boot";
    }

    @Override
    public String what() {
        return "in the lab: boot by the kvm engine against QEMU with KVM, same kernel and initramfs";
    }

    @Override
    public void run(PrintWriter out) throws Exception {
        BareQemu.image();
        String java =
                "exec \"$JAVA_HOME\"/bin/java --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC"
                        + " -XX:TieredStopAtLevel=1 -Djsbx.pairs=\"$1\" -cp \"$0\" "
                        + BootInLab.class.getName();
        Process lab =
                new ProcessBuilder(
                                jsbx.toString(),
                                "lab",
                                "-q",
                                "-T",
                                "--",
                                "sh",
                                "-c",
                                java,
                                System.getProperty("java.class.path"),
                                System.getenv().getOrDefault("JSBX_PAIRS", "5"))
                        .redirectErrorStream(true)
                        .start();
        lab.getOutputStream().close();
        try (BufferedReader lines = lab.inputReader(StandardCharsets.UTF_8)) {
            lines.lines().forEach(out::println);
        }
        if (lab.waitFor() != 0) {
            throw new IOException("the lab's part failed: see above");
        }
    }
}
