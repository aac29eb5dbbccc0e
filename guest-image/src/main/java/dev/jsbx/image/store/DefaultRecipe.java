package dev.jsbx.image.store;

import dev.jsbx.image.HostProgram;
import dev.jsbx.image.Progress;
import dev.jsbx.image.initramfs.Initramfs;
import dev.jsbx.image.kernel.GuestKernel;
import dev.jsbx.image.kernel.KernelModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

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
        return suite() + "\n" + PACKAGES + "\n" + CUSTOMIZE;
    }

    @Override
    void addTo(Initramfs initramfs) {}

    @Override
    Path root(Path scratch, GuestKernel kernel, Progress progress) throws IOException {
        Path modules = modules(scratch, kernel);
        Path script = Files.writeString(scratch.resolve("customize.sh"), CUSTOMIZE);
        Path tree = scratch.resolve("tree");
        progress.step("installing Debian");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "mmdebstrap",
                                "--mode=root",
                                "--variant=minbase",
                                "--include=" + PACKAGES,
                                "--dpkgopt=path-exclude=/usr/share/doc/*",
                                "--dpkgopt=path-exclude=/usr/share/man/*",
                                "--dpkgopt=path-exclude=/usr/share/locale/*",
                                "--customize-hook=copy-in " + modules + " /usr/lib",
                                "--customize-hook=sh " + script + " \"$1\" " + kernel.release(),
                                "--format=directory",
                                suite(),
                                tree.toString()));
        HostProgram.run(scratch, command, line -> {});
        progress.step("making the root file system");
        Path image = scratch.resolve("root.erofs");
        HostProgram.run(
                scratch,
                List.of("mkfs.erofs", "-zlz4hc", "-T0", image.toString(), tree.toString()));
        return image;
    }

    private static Path modules(Path scratch, GuestKernel kernel) throws IOException {
        Path modules = scratch.resolve("modules");
        Path release = modules.resolve(kernel.release());
        for (KernelModule module : kernel.modules()) {
            Path file = release.resolve(module.path());
            Files.createDirectories(file.getParent());
            Files.write(file, module.file());
        }
        for (Map.Entry<String, byte[]> list : kernel.lists().entrySet()) {
            Files.write(release.resolve(list.getKey()), list.getValue());
        }
        return modules;
    }

    /** The host's own suite if it is Debian's, else the stable one that this was tried with. */
    static String suite() {
        Properties release = new Properties();
        try (var in = Files.newBufferedReader(Path.of("/etc/os-release"))) {
            release.load(in);
        } catch (IOException e) {
            return "bookworm";
        }
        String codename = release.getProperty("VERSION_CODENAME", "").replace("\"", "");
        boolean debian = "debian".equals(release.getProperty("ID", "").replace("\"", ""));
        return debian && !codename.isEmpty() ? codename : "bookworm";
    }
}
