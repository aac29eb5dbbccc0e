#!/usr/bin/env bash
# lab.sh [-c CPUS] [-m MIB] COMMAND [ARG...]
# Runs COMMAND as root on an emulated AMD-V host: QEMU's TCG, Debian's newest cloud kernel, kvm-amd.
# The lab's root is this machine's root over virtio-fs, read-write, so the current directory, the JDK and the
# build's classes are where they are here; /dev, /proc, /run, /dev/shm and /tmp/.lab are the lab's own.
# Faster while this machine is busy: -c 1. With two processors every TLB shootdown waits for a processor here.
# Stop-gap until `jsbx lab` stands: standard output and error are one stream, exit code is passed on.
#   apt-get install qemu-system-x86 busybox-static cpio xz-utils kmod
set -euo pipefail
cpus=2 memory=3072
while getopts c:m: o; do case $o in c) cpus=$OPTARG;; m) memory=$OPTARG;; *) exit 2;; esac; done; shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- bash -i
here=$PWD
: "${LABAPPEND=}"
base=${XDG_CACHE_HOME:-$HOME/.cache}/jsbx/lab-sketch
if [ ! -e "$base/ready" ]; then
  mkdir -p "$base"; exec 8>"$base/lock"; flock 8
  if [ ! -e "$base/ready" ]; then
    new=$(mktemp -d "$base/new.XXXX"); cd "$new"
    pkg=$(apt-cache search '^linux-image-6\.[0-9.]*.*-cloud-amd64-unsigned$' | awk '{print $1}' | sort -V | tail -1)
    echo "lab: unpacking $pkg" >&2
    apt-get download "$pkg" >/dev/null 2>&1; dpkg -x "$pkg"_*.deb k; rm -- *.deb
    find k/lib/modules -name '*.ko.xz' -exec xz -d {} +
    depmod -b k "$(ls k/lib/modules)"
    mkdir -p r/{bin,dev,proc,sys,mod,host}; cp "$(command -v busybox)" r/bin/
    m=k/lib/modules/*/kernel
    cp $m/virt/lib/irqbypass.ko $m/arch/x86/kvm/kvm.ko $m/arch/x86/kvm/kvm-amd.ko r/mod/
    cat > r/init <<'INIT'
#!/bin/busybox sh
B=/bin/busybox
$B mount -t proc proc /proc; $B mount -t sysfs sys /sys; $B mount -t devtmpfs dev /dev
for m in irqbypass kvm kvm-amd; do $B insmod /mod/$m.ko; done
$B mount -t virtiofs host /host
$B mount -t proc proc /host/proc; $B mount -t sysfs sys /host/sys; $B mount -t devtmpfs dev /host/dev
$B mkdir -p /host/dev/shm /host/dev/pts
for t in run dev/shm; do $B mount -t tmpfs tmp /host/$t; done; $B mount -t devpts pts /host/dev/pts
$B mount -t cgroup2 cg /host/sys/fs/cgroup 2>/dev/null
$B ip link set lo up
for w in $($B cat /proc/cmdline); do case $w in lab.dir=*) d=${w#lab.dir=};; lab.modules=*) mods=${w#lab.modules=};; esac; done
$B mount -o bind /host$mods /host/lib/modules
exec $B chroot /host /bin/bash $d/start
INIT
    chmod +x r/init; (cd r && find . | cpio -o -H newc --quiet) > initrd
    cd /; mv "$new/k" "$new/initrd" "$base/"; rm -r "$new"; touch "$base/ready"
  fi
  exec 8>&-; cd "$here"
fi
[ -d /lib/modules ] || mkdir -p /lib/modules
work=$(mktemp -d /tmp/lab.XXXXXX); trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
{ declare -px | grep -vE ' (UID|EUID|PPID|SHELLOPTS|BASHOPTS|BASH_VERSINFO|TMPDIR)='; printf 'cd %q\n' "$PWD"
  echo 'export JAVA_TOOL_OPTIONS="$JAVA_TOOL_OPTIONS -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0 -XX:+UseSerialGC -XX:TieredStopAtLevel=1"'
  tty -s <&0 || echo 'stty raw -echo </dev/hvc0'
  printf 'setsid -cw '; printf '%q ' "$@"; printf '</dev/hvc0 >/dev/hvc0 2>&1\n'
  echo "echo \$? > $work/code; sync; echo o > /proc/sysrq-trigger; sleep 9"; } > "$work/start"
/usr/lib/qemu/virtiofsd --socket-path="$work/fs" -o source=/ -o cache=auto -o sandbox=chroot >"$work/fs.log" 2>&1 &
while [ ! -S "$work/fs" ]; do sleep 0.02; done
qemu-system-x86_64 -M q35,memory-backend=m -object memory-backend-memfd,id=m,size="${memory}M",share=on \
  -accel tcg,thread=multi -cpu ${LABCPU:-EPYC-Milan,+svm,+npt,-erms,-fsrm} -smp "$cpus" -m "$memory" \
  -nodefaults -no-user-config -display none -no-reboot \
  -kernel "$base"/k/boot/vmlinuz-* -initrd "$base/initrd" \
  -chardev socket,id=fs,path="$work/fs" -device vhost-user-fs-pci,chardev=fs,tag=host,queue-size=1024 \
  -chardev stdio,id=c,signal=off -device virtio-serial-pci -device virtconsole,chardev=c \
  -append "$LABAPPEND quiet loglevel=3 mitigations=off panic=-1 lab.dir=$work lab.modules=$base/k/lib/modules" 2> >(grep -v "TCG doesn't support requested feature" >&2)
exit "$(cat "$work/code" 2>/dev/null || echo 125)"
