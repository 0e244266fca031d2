-- What may not be changed, in PostgreSQL's words.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0];
END
$$;
CREATE TRIGGER prices_are_never_edited
BEFORE UPDATE OF product_id, term, currency, minor, since ON prices
FOR EACH ROW EXECUTE FUNCTION refuse_change('prices are superseded, never edited');
CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE ON journal
FOR EACH ROW EXECUTE FUNCTION refuse_change('the journal is append-only');
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION refuse_change('the audit is append-only');
