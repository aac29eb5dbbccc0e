package dev.jsbx.cli.proxy;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;

/** Says in words why a server cannot be had or cannot be trusted. Pure. */
final class TlsFailure {
    private static final int MAX_DEPTH = 20;

    private TlsFailure() {}

    static Refusal of(String host, Throwable failure) {
        return Refusal.badGateway(host, reason(failure) + "; nothing was sent");
    }

    private static String reason(Throwable failure) {
        Throwable each = failure;
        for (int i = 0; each != null && i < MAX_DEPTH; i++, each = each.getCause()) {
            String message = String.valueOf(each.getMessage());
            if (each instanceof CertificateExpiredException) {
                return "its certificate has expired";
            }
            if (each instanceof CertificateNotYetValidException) {
                return "its certificate is not valid yet";
            }
            if (each instanceof CertPathBuilderException
                    || message.contains("unable to find valid certification path")) {
                return "its certificate is signed by nobody whom this host trusts";
            }
            if (message.contains("No name matching")
                    || message.contains("No subject alternative")) {
                return "its certificate is for another host";
            }
            if (each instanceof NoRouteToHostException) {
                return "there is no way to it";
            }
            if (each instanceof ConnectException) {
                return "it cannot be connected to";
            }
        }
        return "no TLS connection can be made to it";
    }
}
