// The page's script: theme, and filter, search, sort and pages of the list. The page is whole without it. It makes no
// markup from text: rows are moved, never written.

#include "tickets/report/page_parts.hpp"

namespace hyakki::tickets {

// Before the first paint: the theme that was chosen, and that rows beyond the first page need no layout.
const std::string_view page_head_script = R"js(
(() => {
'use strict';
const root = document.documentElement;
root.dataset.live = '';
try { const kept = localStorage.getItem('tickets-report-theme'); if (kept === 'dark' || kept === 'light') root.dataset.theme = kept } catch { }
})();
)js";

const std::string_view page_script = R"js(
(() => {
'use strict';
const root = document.documentElement, get = id => document.getElementById(id);
const keep = (key, value) => { try { localStorage.setItem(key, value) } catch { } };
const dark = matchMedia('(prefers-color-scheme: dark)');
const theme = get('theme');
const shown = () => root.dataset.theme || (dark.matches ? 'dark' : 'light');
const name = () => { theme.textContent = shown() === 'dark' ? 'Light' : 'Dark' };
name();
theme.onclick = () => { root.dataset.theme = shown() === 'dark' ? 'light' : 'dark'; keep('tickets-report-theme', root.dataset.theme); name() };
dark.addEventListener('change', name);
get('print').onclick = () => print();

const list = get('list');
if (!list) return;
const bodies = [...list.tBodies], body = bodies[0];
const all = bodies.flatMap(b => [...b.rows]);
bodies.slice(1).forEach(b => b.remove());
const place = new Map(all.map((row, i) => [row, i]));
const texts = [];
const text = row => texts[place.get(row)] ??= row.textContent.toLowerCase();
const has = word => row => row.classList.contains(word);
const filters = { all: () => true, open: has('s0'), 'in-progress': has('s1'), blocked: has('s2'), closed: has('s3'), critical: has('p0'), high: has('p1') };
const number = cell => { const n = parseFloat(cell.textContent); return isNaN(n) ? -1 : n };
const order = prefix => row => { for (const c of row.classList) if (c[0] === prefix && c.length === 2) return +c[1]; return 9 };
const keys = [
  row => row.cells[0].textContent, row => text(row.cells[1].parentNode).slice(row.cells[0].textContent.length), order('s'), order('p'),
  row => row.cells[4].textContent.toLowerCase() || '\uffff', row => number(row.cells[5]), row => number(row.cells[6]),
  row => row.cells[7].textContent, row => row.cells[8].textContent];
const natural = new Intl.Collator(undefined, { numeric: true });
const view = { filter: 'all', words: [], sort: -1, down: false, page: 0, size: 100 };
let found = all;
const count = n => n.toLocaleString('en');

const draw = () => {
  const pages = Math.max(Math.ceil(found.length / view.size), 1);
  view.page = Math.min(Math.max(view.page, 0), pages - 1);
  const from = view.page * view.size, part = found.slice(from, from + view.size);
  body.replaceChildren(...part);
  get('range').textContent = found.length === 0 ? 'No ticket matches. Take a word away or choose All.' :
    `${count(from + 1)}–${count(from + part.length)} of ${count(found.length)}` + (found.length < all.length ? `, ${count(all.length)} in the list` : '');
  get('back').disabled = view.page === 0;
  get('next').disabled = view.page >= pages - 1;
};
const choose = () => {
  const fits = filters[view.filter];
  found = all.filter(row => fits(row) && view.words.every(w => text(row).includes(w)));
  if (view.sort >= 0) {
    const key = keys[view.sort], sign = view.down ? -1 : 1;
    const by = found.map(row => [key(row), row]);
    by.sort(([a, x], [b, y]) => sign * (typeof a === 'number' ? a - b : natural.compare(a, b)) || place.get(x) - place.get(y));
    found = by.map(pair => pair[1]);
  }
  view.page = 0;
  draw();
};
const buttons = [...document.querySelectorAll('[data-filter]')];
const press = word => { view.filter = word; buttons.forEach(b => b.setAttribute('aria-pressed', b.dataset.filter === word)) };
buttons.forEach(b => b.onclick = () => { press(b.dataset.filter); choose() });
const search = get('search');
let soon = 0;
search.oninput = () => {
  clearTimeout(soon);
  soon = setTimeout(() => { view.words = search.value.toLowerCase().split(/\s+/).filter(Boolean); choose() }, 120);
};
document.addEventListener('keydown', e => {
  if (e.key === '/' && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName) && !e.ctrlKey && !e.metaKey && !e.altKey) { e.preventDefault(); search.focus() }
});
[...list.tHead.rows[0].cells].forEach((head, i) => {
  const button = document.createElement('button');
  button.type = 'button';
  button.append(...head.childNodes);
  head.append(button);
  button.onclick = () => {
    view.down = view.sort === i ? !view.down : i === 5 || i === 6 || i === 8;
    view.sort = i;
    [...list.tHead.rows[0].cells].forEach(h => h.removeAttribute('aria-sort'));
    head.setAttribute('aria-sort', view.down ? 'descending' : 'ascending');
    choose();
  };
});
get('back').onclick = () => { view.page--; draw(); list.scrollIntoView() };
get('next').onclick = () => { view.page++; draw(); list.scrollIntoView() };
get('size').onchange = e => { view.size = +e.target.value || Infinity; if (view.size === Infinity) view.size = Math.max(all.length, 1); view.page = 0; draw() };
const ids = new Map(all.map(row => [row.id, row]));
const visit = () => {
  const row = ids.get(location.hash.slice(1));
  if (!row) return;
  if (!found.includes(row)) { press('all'); search.value = ''; view.words = []; choose() }
  view.page = Math.floor(found.indexOf(row) / view.size);
  draw();
  list.querySelectorAll('.hit').forEach(r => r.classList.remove('hit'));
  row.classList.add('hit');
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: 'center' });
};
document.addEventListener('click', e => {
  const link = e.target.closest('a[href^="#t-"]');
  if (link && link.hash === location.hash) visit();
});
addEventListener('hashchange', visit);
draw();
visit();
})();
)js";

} // namespace hyakki::tickets
