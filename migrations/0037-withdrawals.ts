import type { Knex } from 'knex';

/**
 * What holders want paid, who agreed to it, and where to. An approval is of exactly this amount and address (the digest),
 * by somebody else than who asks, once.
 */
export async function up(knex: Knex): Promise<void> {
  await layRequests(knex);
  await layApprovals(knex);
  await knex.raw(`
    CREATE TABLE withdrawal_addresses (
      id uuid CONSTRAINT withdrawal_addresses_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
      user_id uuid NOT NULL CONSTRAINT withdrawal_addresses_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
      network varchar(20) NOT NULL,
      address varchar(120) NOT NULL,
      tag varchar(120),
      label varchar(60) NOT NULL,
      created_at timestamptz(3) NOT NULL,
      CONSTRAINT withdrawal_addresses_address_key UNIQUE NULLS NOT DISTINCT (user_id, network, address, tag)
    )`);
}

async function layRequests(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE withdrawal_requests (
      id uuid CONSTRAINT withdrawal_requests_pkey PRIMARY KEY,
      user_id uuid NOT NULL CONSTRAINT withdrawal_requests_user_id_fkey REFERENCES users (id),
      asset varchar(20) NOT NULL,
      amount numeric(38, 18) NOT NULL
        CONSTRAINT withdrawal_requests_amount_check CHECK (amount > 0 AND amount < 'Infinity'),
      units numeric(28, 8) NOT NULL
        CONSTRAINT withdrawal_requests_units_check CHECK (units > 0 AND units < 'Infinity'),
      nav_per_unit numeric(38, 18) NOT NULL
        CONSTRAINT withdrawal_requests_nav_per_unit_check CHECK (nav_per_unit > 0 AND nav_per_unit < 'Infinity'),
      network varchar(20) NOT NULL,
      address varchar(120) NOT NULL,
      tag varchar(120),
      network_fee numeric(38, 18)
        CONSTRAINT withdrawal_requests_network_fee_check CHECK (network_fee >= 0 AND network_fee < 'Infinity'),
      digest char(64) NOT NULL
        CONSTRAINT withdrawal_requests_digest_check CHECK (digest ~ '^[0-9a-f]{64}$'),
      policy jsonb NOT NULL CONSTRAINT withdrawal_requests_policy_check CHECK (jsonb_typeof(policy) = 'object'),
      quorum smallint NOT NULL CONSTRAINT withdrawal_requests_quorum_check CHECK (quorum BETWEEN 0 AND 10),
      risk_flags text[] NOT NULL DEFAULT '{}',
      expires_at timestamptz(3) NOT NULL,
      cooling_until timestamptz(3),
      status varchar(20) NOT NULL DEFAULT 'pending_approval' CONSTRAINT withdrawal_requests_status_check
        CHECK (status IN ('pending_approval', 'approved', 'processing', 'completed', 'rejected', 'cancelled',
          'expired', 'failed', 'manual_review')),
      step varchar(20) CONSTRAINT withdrawal_requests_step_check
        CHECK (step IN ('cooling', 'staging', 'sending', 'confirming', 'returning')),
      approved_by uuid CONSTRAINT withdrawal_requests_approved_by_fkey REFERENCES users (id),
      approved_at timestamptz(3),
      rejected_by uuid CONSTRAINT withdrawal_requests_rejected_by_fkey REFERENCES users (id),
      reject_reason varchar(500),
      exchange_withdrawal_id varchar(120)
        CONSTRAINT withdrawal_requests_exchange_withdrawal_id_key UNIQUE,
      tx_id varchar(200),
      error varchar(500),
      idempotency_key varchar(200),
      created_at timestamptz(3) NOT NULL,
      updated_at timestamptz(3) NOT NULL,
      CONSTRAINT withdrawal_requests_idempotency_key_key UNIQUE (user_id, idempotency_key),
      CONSTRAINT withdrawal_requests_subject_key UNIQUE (id, user_id, digest)
    );
    CREATE INDEX idx_withdrawal_requests_user_id ON withdrawal_requests (user_id, created_at DESC);
    CREATE INDEX idx_withdrawal_requests_created_at ON withdrawal_requests (created_at);
    CREATE INDEX idx_withdrawal_requests_open ON withdrawal_requests (status, created_at)
      WHERE status NOT IN ('completed', 'rejected', 'cancelled', 'expired', 'failed')`);
}

async function layApprovals(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE withdrawal_approvals (
      request_id uuid NOT NULL,
      requester_id uuid NOT NULL,
      digest char(64) NOT NULL,
      admin_id uuid NOT NULL CONSTRAINT withdrawal_approvals_admin_id_fkey REFERENCES users (id),
      approved_at timestamptz(3) NOT NULL,
      CONSTRAINT withdrawal_approvals_pkey PRIMARY KEY (request_id, admin_id),
      CONSTRAINT withdrawal_approvals_others_check CHECK (admin_id <> requester_id),
      CONSTRAINT withdrawal_approvals_subject_fkey FOREIGN KEY (request_id, requester_id, digest)
        REFERENCES withdrawal_requests (id, user_id, digest)
    )`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE withdrawal_approvals, withdrawal_requests, withdrawal_addresses');
}
