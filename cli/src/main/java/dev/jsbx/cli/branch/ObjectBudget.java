package dev.jsbx.cli.branch;

import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.BlobObjectChecker;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectChecker;

/**
 * Checks a sandbox's objects as {@code git fsck} does, and how much they are together: a few
 * kilobytes of deltas can stand for more than any host reads in a day.
 *
 * <p>Names that some file system would take for {@code .git} are refused on every platform.
 */
final class ObjectBudget extends ObjectChecker {
    private final long limit;
    private long bytes;

    /**
     * @param limit of all objects together, in bytes, inflated
     */
    ObjectBudget(long limit) {
        this.limit = limit;
        setSafeForMacOS(true);
        setAllowInvalidPersonIdent(true);
    }

    @Override
    public void check(AnyObjectId id, int type, byte[] raw) throws CorruptObjectException {
        if (type != Constants.OBJ_BLOB) {
            spend(raw.length);
        }
        super.check(id, type, raw);
        if (type == Constants.OBJ_TREE) {
            TreeNames.check(raw);
        }
    }

    @Override
    public BlobObjectChecker newBlobObjectChecker() {
        return new BlobObjectChecker() {
            private long length;

            @Override
            public void update(byte[] content, int offset, int count) {
                length += count;
            }

            @Override
            public void endBlob(AnyObjectId id) throws CorruptObjectException {
                spend(length);
            }
        };
    }

    private void spend(long length) throws CorruptObjectException {
        bytes += length;
        if (bytes > limit) {
            throw new CorruptObjectException(
                    "its objects are over " + (limit >> 20) + " MiB together");
        }
    }
}
