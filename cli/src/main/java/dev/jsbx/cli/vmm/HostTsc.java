package dev.jsbx.cli.vmm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The rate of the host's time stamp counter, as far as the kernel says it. */
final class HostTsc {
    private static final Path INTEL_BASE =
            Path.of("/sys/devices/system/cpu/cpu0/cpufreq/base_frequency");

    private HostTsc() {}

    /** In kHz; 0 if unknown. */
    static long kilohertz() {
        try {
            if (Files.exists(INTEL_BASE)) {
                return Long.parseLong(Files.readString(INTEL_BASE).strip());
            }
            for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
                if (line.startsWith("cpu MHz")) {
                    String mhz = line.substring(line.indexOf(':') + 1).strip();
                    return Math.round(Double.parseDouble(mhz) * 1000);
                }
            }
        } catch (IOException | NumberFormatException e) {
            // The guest measures for itself.
        }
        return 0;
    }
}
