package dev.jsbx.vmm.acpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Encodings as {@code iasl -l} lists them. */
class AmlTest {
    private static String hex(byte[] aml) {
        return HexFormat.of().formatHex(aml);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 00",
        "1, 01",
        "2, 0a02",
        "255, 0aff",
        "256, 0b0001",
        "65536, 0c00000100",
        "4294967295, 0cffffffff",
        "4294967296, 0e0000000001000000",
        "-1, 0effffffffffffffff"
    })
    void integersTakeTheShortestForm(long value, String encoding) {
        assertThat(hex(Aml.integer(value))).isEqualTo(encoding);
    }

    @ParameterizedTest
    @CsvSource({"PNP0501, 0c41d00501", "PNP0C0C, 0c41d00c0c", "PNP0A03, 0c41d00a03"})
    void eisaIdsAreCompressed(String id, String encoding) {
        assertThat(hex(Aml.eisaId(id))).isEqualTo(encoding);
    }

    @ParameterizedTest
    @CsvSource({
        "_SB, 5f53425f",
        "\\_SB, 5c5f53425f",
        "\\_SB.PWRB, 5c2e5f53425f50575242",
        "A.B.C, 2f03415f5f5f425f5f5f435f5f5f"
    })
    void namesArePaddedAndPrefixed(String path, String encoding) {
        assertThat(hex(Aml.name(path))).isEqualTo(encoding);
    }

    @ParameterizedTest
    @CsvSource({"LONGER", "low", "1ST", "A..B", "''"})
    void badNamesAreRefused(String path) {
        assertThatIllegalArgumentException().isThrownBy(() -> Aml.name(path));
    }

    @Test
    void aDeviceHasALengthThatCountsItself() {
        assertThat(hex(Aml.device("DEV0", Aml.named("_UID", Aml.integer(1)))))
                .isEqualTo("5b82" + "0b" + "44455630" + "085f55494401");
    }

    /** Content of 4 bytes of name and some of buffer: one, two, three bytes of length. */
    @ParameterizedTest
    @CsvSource({"62, 3f", "63, 4104", "4093, 4fff", "4094, 810001"})
    void lengthsGrowWithTheContent(int content, String length) {
        byte[] scope = Aml.scope("_SB", new byte[content - 4]);
        assertThat(hex(scope)).startsWith("10" + length + "5f53425f");
    }

    @Test
    void aMethodSaysHowManyArgumentsItTakes() {
        assertThat(hex(Aml.method("_EVT", 1, Aml.notify("BTN", 0x80))))
                .isEqualTo("14" + "0d" + "5f455654" + "09" + "86" + "42544e5f" + "0a80");
    }

    @Test
    void conditionsComeBeforeWhatTheyGuard() {
        byte[] term =
                Aml.onlyIf(Aml.equal(Aml.arg0(), Aml.integer(5)), Aml.named("A", Aml.integer(0)));
        assertThat(hex(term)).isEqualTo("a0" + "0b" + "93" + "68" + "0a05" + "08415f5f5f00");
    }

    @Test
    void stringsEndWithNul() {
        assertThat(hex(Aml.string("AB"))).isEqualTo("0d414200");
    }
}
