// Candidates for a role and a name, cheaply: the driver's computed role and label decide afterwards.
const [roles, wanted] = arguments;
const selectors = {
  alert: '[role=alert]',
  banner: 'header, [role=banner]',
  button: 'button, summary, input[type=submit], [role=button]',
  checkbox: 'input[type=checkbox], [role=checkbox]',
  columnheader: 'th, [role=columnheader]',
  combobox: 'select, [role=combobox]',
  dialog: 'dialog, [role=dialog]',
  grid: '[role=grid]',
  heading: 'h1, h2, h3, h4, h5, h6, [role=heading]',
  image: 'img, canvas[role=img], [role=img]',
  img: 'img, canvas[role=img], [role=img]',
  link: 'a[href], [role=link]',
  listbox: 'select[size], select[multiple], [role=listbox]',
  main: 'main',
  menu: '[role=menu]',
  menuitem: '[role=menuitem]',
  menuitemradio: '[role=menuitemradio]',
  navigation: 'nav, [role=navigation]',
  option: 'option, [role=option]',
  radio: 'input[type=radio], [role=radio]',
  region: 'section, [role=region]',
  row: 'tr, [role=row]',
  searchbox: 'input[type=search], [role=searchbox]',
  spinbutton: 'input[type=number]',
  status: '[role=status], output',
  tab: '[role=tab]',
  table: 'table',
  textbox: 'input:not([type]), input[type=text], input[type=email], input[type=password], input[type=tel], textarea',
};
// French has narrow spaces that nobody should have to type.
const squeeze = text => (text || '').replace(/\s+/g, ' ').trim();
const name = squeeze(wanted);
const texts = ids => squeeze(ids.split(' ').map(id => document.getElementById(id)?.textContent).join(' '));
const mayBeNamed = element => {
  const label = element.getAttribute('aria-label');
  if (label) return squeeze(label).includes(name);
  const by = element.getAttribute('aria-labelledby');
  if (by) return texts(by).includes(name);
  const labels = [...(element.labels || [])].map(label => squeeze(label.textContent));
  // A computed name leaves out what is hidden, so the text may be longer.
  return [...labels, squeeze(element.textContent), squeeze(element.value), squeeze(element.title)]
    .some(text => text.includes(name));
};
const isThere = element => element.getClientRects().length > 0 && !element.closest('[inert]')
  && (element.tagName === 'OPTION' || getComputedStyle(element).visibility !== 'hidden');
const selector = roles.map(role => selectors[role] || `[role=${role}]`).join(', ');
return [...document.querySelectorAll(selector)].filter(isThere).filter(mayBeNamed).slice(0, 8);
