package dev.jsbx.image.store;

import dev.jsbx.image.Progress;
import dev.jsbx.image.initramfs.Initramfs;
import dev.jsbx.image.kernel.GuestKernel;
import java.io.IOException;
import java.nio.file.Path;

/** Debian with what coding agents expect, as a read-only EROFS image. */
final class DefaultRecipe extends Recipe {
    private static final String PACKAGES =
            "bash,coreutils,git,curl,ca-certificates,python3,nodejs,procps,iproute2,sudo,less,kmod,"
                    + "apt,xz-utils,openssh-client";

    private static final String CUSTOMIZE =
            """
            set -eu
            root=$1
            chroot "$root" useradd --create-home --shell /bin/bash --uid 1000 agent
            echo 'agent ALL=(ALL:ALL) NOPASSWD: ALL' > "$root/etc/sudoers.d/agent"
            chmod 0440 "$root/etc/sudoers.d/agent"
            echo 'LANG=C.UTF-8' > "$root/etc/default/locale"
            printf '127.0.0.1\\tlocalhost\\n::1\\tlocalhost ip6-localhost\\n' > "$root/etc/hosts"
            : > "$root/etc/resolv.conf"
            : > "$root/etc/hostname"
            : > "$root/etc/machine-id"
            chroot "$root" depmod "$2"
            rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/var/log/*
            """;

    @Override
    String name() {
        return "default";
    }

    @Override
    String describe() {
        return Debian.suite() + "\n" + PACKAGES + "\n" + CUSTOMIZE;
    }

    @Override
    void addTo(Initramfs initramfs) {}

    @Override
    Path root(Path scratch, GuestKernel kernel, Progress progress) throws IOException {
        Path modules = Debian.modules(scratch, kernel, kernel.modules(), false);
        progress.step("installing Debian");
        Path tree = Debian.install(scratch, PACKAGES, modules, CUSTOMIZE, kernel.release());
        progress.step("making the root file system");
        return Debian.erofs(scratch, tree, "-zlz4hc", "-T0");
    }
}
