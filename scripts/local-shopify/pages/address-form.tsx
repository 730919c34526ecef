/** The address form: sent when the shopper leaves a field or picks a country, complete or not. */
import { useRef } from 'preact/hooks';
import type { CheckoutView } from '../checkout/view.ts';
import type { Texts } from '../http/texts.ts';
import type { SeedAddress } from '../seed.ts';

const EMPTY: SeedAddress = {
  firstName: '',
  lastName: '',
  company: '',
  address1: '',
  address2: '',
  city: '',
  zip: '',
  provinceCode: '',
  countryCode: '',
  phone: '',
};

type FieldName = 'firstName' | 'lastName' | 'address1' | 'address2' | 'zip' | 'city' | 'phone';
const FIELDS: readonly {
  name: FieldName;
  autocomplete: string;
  half?: boolean;
  isOptional?: boolean;
}[] = [
  { name: 'firstName', autocomplete: 'given-name', half: true },
  { name: 'lastName', autocomplete: 'family-name', half: true },
  { name: 'address1', autocomplete: 'address-line1' },
  { name: 'address2', autocomplete: 'address-line2', isOptional: true },
  { name: 'zip', autocomplete: 'postal-code', half: true },
  { name: 'city', autocomplete: 'address-level2', half: true },
  { name: 'phone', autocomplete: 'tel', isOptional: true },
];

export function AddressForm({
  view,
  texts,
  change,
}: {
  view: CheckoutView;
  texts: Texts;
  change(body: Record<string, unknown>): void;
}) {
  const country = view.countries[0]?.code ?? '';
  // Uncontrolled: what is typed stays in the fields; a quick typist is never overtaken by an answer.
  const typed = useRef<SeedAddress>(view.address ?? { ...EMPTY, countryCode: country });
  const put = (name: keyof SeedAddress, value: string): void => {
    typed.current = { ...typed.current, [name]: value };
  };
  const send = (): void => change({ address: typed.current });
  const address = typed.current;
  return (
    <div class="address">
      <label class="field">
        <span>{texts.country}</span>
        <select
          autocomplete="country"
          value={address.countryCode}
          onChange={(event) => {
            put('countryCode', event.currentTarget.value);
            send();
          }}
        >
          {view.countries.map((one) => (
            <option key={one.code} value={one.code}>
              {one.name}
            </option>
          ))}
        </select>
      </label>
      {FIELDS.map((field) => (
        <label key={field.name} class={`field ${field.half ? 'half' : ''}`}>
          <span>{texts[field.name]}</span>
          <input
            name={field.name}
            autocomplete={field.autocomplete}
            value={address[field.name]}
            required={!field.isOptional}
            onInput={(event) => put(field.name, event.currentTarget.value)}
            onChange={send}
          />
        </label>
      ))}
    </div>
  );
}
