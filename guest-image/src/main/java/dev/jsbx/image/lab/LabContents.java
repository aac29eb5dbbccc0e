package dev.jsbx.image.lab;

import dev.jsbx.image.ImageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What is installed in the lab. */
public final class LabContents {
    /** The image's name in the store. */
    public static final String NAME = "lab";

    /**
     * The emulated processor: one with AMD-V and nested paging, which QEMU's TCG executes, and
     * without ERMS and FSRM, which TCG executes byte by byte.
     */
    public static final String PROCESSOR = "EPYC-Milan,+svm,+npt,-erms,-fsrm";

    /** Debian packages: tools of the lab's users, QEMU as the other VMM, and what jsbx calls. */
    public static final String PACKAGES =
            "bash,busybox,ca-certificates,coreutils,curl,e2fsprogs,git,iperf3,iproute2,iputils-ping,"
                    + "kmod,less,nftables,procps,psmisc,python3,qemu-system-x86,socat,strace,tcpdump,"
                    + "util-linux";

    /** Loaded at boot, beside what every guest loads. */
    public static final List<String> BOOT_MODULES = List.of("kvm_amd");

    /** For {@code modprobe}, or loaded by the kernel when they are needed. */
    public static final List<String> MODULES =
            List.of(
                    "bridge",
                    "dummy",
                    "loop",
                    "macvtap",
                    "nf_tables",
                    "sch_htb",
                    "sch_ingress",
                    "sch_netem",
                    "sch_tbf",
                    "tun",
                    "veth",
                    "vhost_net",
                    "vhost_vsock",
                    "virtio_balloon",
                    "vsock_loopback",
                    "zram");

    /**
     * Run by {@code sh} on the new tree: its path is the first argument, the kernel's release the
     * second, the JDK's directory on the host and in the lab the third.
     *
     * <p>The JDK is copied with what its symbolic links lead to: Debian's own keeps its
     * configuration in {@code /etc}.
     */
    public static final String CUSTOMIZE =
            """
            set -eu
            root=$1 release=$2 jdk=$3
            mkdir -p "$root$jdk"
            for part in bin conf lib release; do
                cp -aL "$jdk/$part" "$root$jdk/"
            done
            rm -f "$root$jdk/lib/src.zip" "$root$jdk/lib/ct.sym"
            echo 'LANG=C.UTF-8' > "$root/etc/default/locale"
            printf '127.0.0.1\\tlocalhost\\n::1\\tlocalhost ip6-localhost\\n' > "$root/etc/hosts"
            cat > "$root/usr/local/bin/jsbx" << 'END'
            #!/bin/sh
            # The jsbx that started this lab; where it is stands in the environment.
            jdk=$JSBX_LAB_JDK home=$JSBX_LAB_HOME lib=$JSBX_LAB_LIB classpath=$JSBX_LAB_CLASSPATH
            . "$home/.mvn/start.sh"
            END
            chmod 755 "$root/usr/local/bin/jsbx"
            : > "$root/etc/resolv.conf"
            : > "$root/etc/hostname"
            : > "$root/etc/machine-id"
            chroot "$root" depmod "$release"
            rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/var/log/*
            """;

    private LabContents() {}

    /** The JDK that runs this program, without symbolic links on the way to it. */
    public static Path jdk() {
        try {
            return Path.of(System.getProperty("java.home")).toRealPath();
        } catch (IOException e) {
            throw new ImageException("the JDK that runs jsbx cannot be read", e);
        }
    }

    /** Text that changes whenever another JDK, or another state of it, would go into the image. */
    public static String jdkIdentity() {
        Path modules = jdk().resolve("lib/modules");
        try {
            return jdk()
                    + " "
                    + Runtime.version()
                    + " "
                    + Files.size(modules)
                    + " "
                    + Files.getLastModifiedTime(modules);
        } catch (IOException e) {
            throw new ImageException(
                    "the lab needs a JDK of the usual layout: " + modules + " cannot be read", e);
        }
    }
}
