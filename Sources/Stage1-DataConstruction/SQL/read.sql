-- How the text of a field becomes a value. What cannot be read is NULL; the statements that use these macros keep the
-- text beside it, so that a fault can be shown.

CREATE MACRO is_blank(field) AS field IS NULL OR lower(trim(field)) IN ('', 'none', 'null', 'na', 'n/a', '-', '–', '—', '\N');

CREATE MACRO filled(field) AS CASE WHEN NOT is_blank(field) THEN trim(field) END;

CREATE MACRO finite(number) AS CASE WHEN isfinite(number) THEN number END;

CREATE MACRO as_number(field) AS finite(TRY_CAST(trim(field) AS DOUBLE));

-- The text of an amount that is there and cannot be read, or is negative.
CREATE MACRO bad_amount(field) AS CASE
    WHEN NOT is_blank(field) AND coalesce(as_number(field) < 0, true) THEN field END;

CREATE MACRO as_flag(field) AS CASE
    WHEN lower(trim(field)) IN ('1', '1.0', 'true', 't', 'yes', 'y') THEN true
    WHEN lower(trim(field)) IN ('0', '0.0', 'false', 'f', 'no', 'n') THEN false END;

-- A time from a number of seconds, of which there are at least so many.
CREATE MACRO from_seconds(seconds, least) AS CASE
    WHEN seconds BETWEEN least AND 1e11 THEN make_timestamp(CAST(round(seconds * 1e6) AS BIGINT)) END;
