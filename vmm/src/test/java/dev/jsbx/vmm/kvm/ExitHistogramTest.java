package dev.jsbx.vmm.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExitHistogramTest {
    @Test
    void countsByReasonAndAddress() {
        ExitHistogram histogram = new ExitHistogram();
        for (int i = 0; i < 3; i++) {
            histogram.count(ExitReason.KVM_EXIT_IO, 0x3f8);
        }
        histogram.count(ExitReason.KVM_EXIT_MMIO, 0x3f8);
        assertThat(histogram.lines())
                .containsExactly(
                        new ExitHistogram.Line(ExitReason.KVM_EXIT_IO, 0x3f8, 3),
                        new ExitHistogram.Line(ExitReason.KVM_EXIT_MMIO, 0x3f8, 1));
        assertThat(histogram.total()).isEqualTo(4);
    }

    @Test
    void losesNoCountWhenAGuestTouchesEveryAddress() {
        ExitHistogram histogram = new ExitHistogram();
        for (int port = 0; port < 65536; port++) {
            histogram.count(ExitReason.KVM_EXIT_IO, port);
        }
        assertThat(histogram.total()).isEqualTo(65536);
        assertThat(histogram.lines().getFirst().address()).isEqualTo(-1);
    }

    @Test
    void severalVcpusAreAddedUp() {
        ExitHistogram one = new ExitHistogram();
        ExitHistogram two = new ExitHistogram();
        one.count(ExitReason.KVM_EXIT_IO, 0x80);
        two.count(ExitReason.KVM_EXIT_IO, 0x80);
        two.count(ExitReason.KVM_EXIT_HLT, 0);
        assertThat(ExitHistogram.merge(List.of(one, two)))
                .containsExactly(
                        new ExitHistogram.Line(ExitReason.KVM_EXIT_IO, 0x80, 2),
                        new ExitHistogram.Line(ExitReason.KVM_EXIT_HLT, 0, 1));
    }
}
