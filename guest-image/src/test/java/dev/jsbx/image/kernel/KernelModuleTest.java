package dev.jsbx.image.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class KernelModuleTest {
    private static final byte[] MARK =
            "~Module signature appended~\n".getBytes(StandardCharsets.US_ASCII);

    /** Content, a signature of 100 bytes, struct module_signature that says {@code length}. */
    private static byte[] signed(byte[] content, int length) {
        return ByteBuffer.allocate(content.length + 100 + 12 + MARK.length)
                .put(content)
                .put(new byte[100 + 8])
                .putInt(length)
                .put(MARK)
                .array();
    }

    @Test
    void theSignatureIsTakenOff() {
        byte[] content = "an ELF file".getBytes(StandardCharsets.US_ASCII);
        assertThat(KernelModule.withoutSignature(signed(content, 100))).isEqualTo(content);
    }

    @Test
    void whatHasNoneStaysAsItIs() {
        byte[] content = "an ELF file".getBytes(StandardCharsets.US_ASCII);
        assertThat(KernelModule.withoutSignature(content)).isSameAs(content);
        assertThat(KernelModule.withoutSignature(MARK)).isSameAs(MARK);
    }

    @Test
    void aLengthThatCannotBeIsNotFollowed() {
        for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1000}) {
            byte[] module = signed(new byte[5], length);
            assertThat(KernelModule.withoutSignature(module)).isSameAs(module);
        }
    }
}
