package dev.jsbx.image.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelPackageTest {
    @ParameterizedTest
    @CsvSource({
        "6.12.117+deb12, 6.12.101+deb12, 1",
        "6.12.9+deb12, 6.12.101+deb12, -1",
        "6.1.0-55, 6.12.100+deb12, -1",
        "6.1.0-9, 6.1.0-55, -1",
        "6.12.117, 6.12.117, 0"
    })
    void versionsAreComparedByTheirNumbers(String a, String b, int order) {
        assertThat(Integer.signum(KernelPackage.compare(a, b))).isEqualTo(order);
    }

    @ParameterizedTest
    @CsvSource({
        "linux-image-6.12.117+deb12-cloud-amd64, 6.12.117+deb12",
        "linux-image-6.1.0-55-cloud-amd64-unsigned, 6.1.0-55"
    })
    void theVersionIsPartOfTheName(String name, String version) {
        assertThat(KernelPackage.version(name)).isEqualTo(version);
    }

    @ParameterizedTest
    @CsvSource({
        "kernel/fs/erofs/erofs.ko.xz, erofs",
        "kernel/drivers/char/virtio-rng.ko, virtio_rng"
    })
    void modulesAreNamedAsTheKernelNamesThem(String path, String name) {
        assertThat(KernelModule.nameOf(path)).isEqualTo(name);
    }
}
