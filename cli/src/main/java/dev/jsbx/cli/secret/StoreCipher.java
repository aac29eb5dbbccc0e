package dev.jsbx.cli.secret;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secrets file's bytes: {@code "jsbx-secrets 1\n"}, a 12-byte nonce, and AES-256-GCM over all
 * secrets, the first line being authenticated too.
 *
 * <p>From memory outside the heap, the JDK's cipher works through arrays of its own that it leaves
 * as they are. So it gets arrays, which are zeroed here.
 */
final class StoreCipher {
    private static final byte[] MAGIC = "jsbx-secrets 1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int NONCE = 12;
    private static final int TAG = 16;
    private static final int START = MAGIC.length + NONCE;

    private StoreCipher() {}

    /**
     * @param plain read to its limit
     * @return the file's content
     */
    static byte[] encrypt(ByteBuffer plain, byte[] key) throws GeneralSecurityException {
        byte[] nonce = new byte[NONCE];
        new SecureRandom().nextBytes(nonce);
        byte[] text = new byte[plain.remaining()];
        byte[] file = new byte[START + text.length + TAG];
        System.arraycopy(MAGIC, 0, file, 0, MAGIC.length);
        System.arraycopy(nonce, 0, file, MAGIC.length, NONCE);
        try {
            plain.get(text);
            cipher(Cipher.ENCRYPT_MODE, key, nonce).doFinal(text, 0, text.length, file, START);
            return file;
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    /** Whether a file's content begins as one, and is not cut short. */
    static boolean isOne(byte[] file) {
        return file.length >= START + TAG
                && Arrays.equals(MAGIC, 0, MAGIC.length, file, 0, MAGIC.length);
    }

    /**
     * @param plain with as much room as the file has bytes
     * @throws javax.crypto.AEADBadTagException if another key made it, or it was changed
     */
    static void decrypt(byte[] file, byte[] key, ByteBuffer plain) throws GeneralSecurityException {
        byte[] nonce = Arrays.copyOfRange(file, MAGIC.length, START);
        byte[] text = new byte[file.length];
        try {
            int length =
                    cipher(Cipher.DECRYPT_MODE, key, nonce)
                            .doFinal(file, START, file.length - START, text, 0);
            plain.put(text, 0, length);
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    private static Cipher cipher(int mode, byte[] key, byte[] nonce)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG * 8, nonce));
        cipher.updateAAD(MAGIC);
        return cipher;
    }
}
