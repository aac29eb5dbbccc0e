#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

static int kernel = -1;

void log_to_kernel(void) {
    kernel = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
}

static void line(int level, const char *format, va_list arguments) {
    char text[512];
    int prefix = kernel >= 0 ? snprintf(text, sizeof text, "<%d>jsbx: ", level)
                             : snprintf(text, sizeof text, "agent: ");
    vsnprintf(text + prefix, sizeof text - (size_t)prefix - 1, format, arguments);
    strcat(text, "\n");
    ssize_t written = write(kernel >= 0 ? kernel : STDERR_FILENO, text, strlen(text));
    (void)written; /* there is nobody left to tell */
}

void log_info(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    line(6, format, arguments);
    va_end(arguments);
}

void log_error(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    line(3, format, arguments);
    va_end(arguments);
}
