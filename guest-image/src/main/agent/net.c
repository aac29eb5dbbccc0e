/* Interfaces, addresses, routes: static, as the host says on the command line. And vsock sockets. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent.h"

#define INTERFACE "eth0"
#define BACKLOG 128

struct in6_ifreq { /* linux/ipv6.h has it, but does not go with libc's headers */
    struct in6_addr ifr6_addr;
    uint32_t ifr6_prefixlen;
    int ifr6_ifindex;
};

struct address {
    char *text, *gateway;
    int prefix;
};

static int up(int fd, const char *name) {
    struct ifreq r = {0};
    snprintf(r.ifr_name, sizeof r.ifr_name, "%s", name);
    if (ioctl(fd, SIOCGIFFLAGS, &r) != 0) {
        return errno;
    }
    r.ifr_flags |= IFF_UP;
    return ioctl(fd, SIOCSIFFLAGS, &r) == 0 ? 0 : errno;
}

int net_up_loopback(void) {
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int error = fd < 0 ? errno : up(fd, "lo");
    close(fd);
    return error;
}

/* ADDRESS/PREFIX,GATEWAY */
static bool parse(const char *value, struct address *a) {
    a->text = settings_next(&value, ',');
    a->gateway = settings_next(&value, ',');
    char *slash = a->text != NULL ? strchr(a->text, '/') : NULL;
    if (slash == NULL || a->gateway == NULL) {
        return false;
    }
    *slash = 0;
    a->prefix = atoi(slash + 1);
    return a->prefix > 0;
}

static int set_v4(int fd, int request, uint32_t address) {
    struct ifreq r = {0};
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = address};
    snprintf(r.ifr_name, sizeof r.ifr_name, INTERFACE);
    memcpy(&r.ifr_addr, &in, sizeof in);
    return ioctl(fd, (unsigned long)request, &r) == 0 ? 0 : errno;
}

static int configure_v4(const char *value) {
    struct address a;
    struct in_addr address, gateway;
    if (!parse(value, &a) || a.prefix > 32 || inet_pton(AF_INET, a.text, &address) != 1
        || inet_pton(AF_INET, a.gateway, &gateway) != 1) {
        return EINVAL;
    }
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int error = set_v4(fd, SIOCSIFADDR, address.s_addr);
    error = error != 0 ? error : set_v4(fd, SIOCSIFNETMASK, htonl(~0u << (32 - a.prefix)));
    error = error != 0 ? error : up(fd, INTERFACE);
    struct rtentry route = {.rt_flags = RTF_UP | RTF_GATEWAY};
    struct sockaddr_in any = {.sin_family = AF_INET}, via = {.sin_family = AF_INET, .sin_addr = gateway};
    memcpy(&route.rt_dst, &any, sizeof any);
    memcpy(&route.rt_genmask, &any, sizeof any);
    memcpy(&route.rt_gateway, &via, sizeof via);
    if (error == 0 && ioctl(fd, SIOCADDRT, &route) != 0) {
        error = errno;
    }
    close(fd);
    return error;
}

static int configure_v6(const char *value) {
    struct address a;
    struct in6_ifreq r = {.ifr6_ifindex = (int)if_nametoindex(INTERFACE)};
    struct in6_rtmsg route = {.rtmsg_flags = RTF_UP | RTF_GATEWAY, .rtmsg_metric = 1};
    if (!parse(value, &a) || a.prefix > 128 || inet_pton(AF_INET6, a.text, &r.ifr6_addr) != 1
        || inet_pton(AF_INET6, a.gateway, &route.rtmsg_gateway) != 1) {
        return EINVAL;
    }
    /* The address is ours alone: no duplicate detection, which would hold it back for a second. */
    write_file("/proc/sys/net/ipv6/conf/" INTERFACE "/accept_dad", "0");
    write_file("/proc/sys/net/ipv6/conf/" INTERFACE "/accept_ra", "0");
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    r.ifr6_prefixlen = (uint32_t)a.prefix;
    route.rtmsg_ifindex = r.ifr6_ifindex;
    int error = up(fd, INTERFACE);
    if (error == 0 && (ioctl(fd, SIOCSIFADDR, &r) != 0 || ioctl(fd, SIOCADDRT, &route) != 0)) {
        error = errno;
    }
    close(fd);
    return error;
}

static int write_resolv_conf(const char *servers) {
    FILE *file = fopen("/etc/resolv.conf", "we");
    if (file == NULL) {
        return errno;
    }
    for (const char *list = servers; list != NULL;) {
        char *server = settings_next(&list, ',');
        fprintf(file, "nameserver %s\n", server);
        free(server);
    }
    return fclose(file) == 0 ? 0 : errno;
}

int net_configure(const struct settings *s) {
    int error = s->net != NULL ? configure_v4(s->net) : 0;
    error = error == 0 && s->net6 != NULL ? configure_v6(s->net6) : error;
    return error == 0 && s->dns != NULL ? write_resolv_conf(s->dns) : error;
}

int vsock_listen(uint32_t port) {
    struct sockaddr_vm address = {.svm_family = AF_VSOCK, .svm_port = port, .svm_cid = VMADDR_CID_ANY};
    int fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, BACKLOG) != 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Linux gives up after 2 s, which a guest on a busy host may spend elsewhere; the host waits longer. */
int vsock_connect(uint32_t port) {
    struct sockaddr_vm address = {.svm_family = AF_VSOCK, .svm_port = port, .svm_cid = VMADDR_CID_HOST};
    struct timeval patience = {.tv_sec = 120};
    int fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        setsockopt(fd, AF_VSOCK, SO_VM_SOCKETS_CONNECT_TIMEOUT, &patience, sizeof patience);
    }
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS) {
        close(fd);
        return -1;
    }
    return fd;
}
