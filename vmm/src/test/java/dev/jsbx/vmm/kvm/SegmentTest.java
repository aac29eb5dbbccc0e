package dev.jsbx.vmm.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SegmentTest {
    @Test
    void aLimitInPagesIsScaledToBytes() {
        Segment code = Segment.of(0x00af9b000000ffffL, 8);
        assertThat(code).isEqualTo(new Segment(0, -1, 8, 0x9b, 0xa));
        assertThat(code.longMode()).isTrue();
        assertThat(code.db()).isFalse();
        assertThat(code.type()).isEqualTo(11);
        assertThat(code.present()).isTrue();
    }

    @Test
    void aLimitInBytesStaysAsItIs() {
        assertThat(Segment.of(0x00008b0000000067L, 24).limit()).isEqualTo(0x67);
    }

    @Test
    void theBaseIsPutTogetherFromItsThreeParts() {
        assertThat(Segment.of(0x12008b3456780067L, 24).base()).isEqualTo(0x12345678);
    }

    @Test
    void thePrivilegeLevelIsInTheAccessByte() {
        assertThat(Segment.of(0x00affb000000ffffL, 0x33).dpl()).isEqualTo(3);
    }
}
