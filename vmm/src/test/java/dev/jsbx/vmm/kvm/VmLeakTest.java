package dev.jsbx.vmm.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VmLeakTest {
    private static final int ROUNDS = 60;

    @BeforeEach
    void needsKvm() {
        TinyGuest.assumeKvm();
    }

    @Test
    void manyMachinesLeaveNoDescriptorMappingOrThreadBehind() throws Exception {
        one();
        long descriptors = count("fd");
        long mappings = kvmMappings();
        for (int i = 0; i < ROUNDS; i++) {
            one();
        }
        assertThat(count("fd")).as("descriptors").isLessThan(descriptors + ROUNDS / 2);
        assertThat(kvmMappings()).as("mappings of vCPUs and memory").isEqualTo(mappings);
        assertThat(Thread.getAllStackTraces().keySet())
                .as("vCPU threads")
                .noneMatch(thread -> thread.getName().startsWith("tiny-"));
    }

    private static void one() throws Exception {
        try (TinyGuest guest = new TinyGuest(true);
                IrqFd line = guest.vm.interrupt(5);
                Vcpu second = guest.newVcpu(1)) {
            line.raise();
            VcpuThread one = guest.thread(second, guest.loop(second));
            VcpuThread zero = guest.code("e630 48ffc0 ebfb").thread();
            one.resume();
            zero.resume();
            zero.requestPause();
            zero.awaitParked();
            zero.requestStop();
            one.requestStop();
            zero.join();
            one.join();
        }
    }

    private static long count(String what) throws IOException {
        try (Stream<Path> entries = Files.list(Path.of("/proc/self", what))) {
            return entries.count();
        }
    }

    private static long kvmMappings() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(l -> l.contains("kvm-vcpu") || l.contains("jsbx-guest")).count();
        }
    }
}
