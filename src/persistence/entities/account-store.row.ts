import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('account_store')
export class AccountStoreRow {
  @PrimaryColumn({ type: 'text' })
  account!: string;

  @PrimaryColumn({ type: 'text' })
  key!: string;

  /** JSON, encrypted where `keyId` is set. */
  @Column({ type: 'text' })
  value!: string;

  @Column({ name: 'key_id', type: 'text', nullable: true })
  keyId!: string | null;
}
