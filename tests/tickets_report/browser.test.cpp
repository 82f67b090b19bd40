#include "tests/tickets_report/browser.hpp"
#include "tests/tickets_report/hostile_tickets.hpp"
#include "tests/tickets_report/report_world.hpp"
#include "tickets/report/report_file.hpp"
#include "tickets/report/shown_text.hpp"

#include <fstream>

using namespace hyakki;
using namespace hyakki::test;
using namespace hyakki::tickets;
namespace fs = std::filesystem;

namespace {

/// One browser for all pages: most of a test's time is its start.
struct studio {
  scratch here;
  browser chromium{here.path};
  fs::path pictures{HYAKKI_PICTURES};

  studio() { fs::create_directories(pictures); }

  fs::path put(const std::string& name, const report& r) const {
    auto file = here.path / (name + ".html");
    REQUIRE(write_whole_file(file.string(), report_page(r)));
    return file;
  }
  /// Nothing was said, nothing was asked for, nothing hangs over the edge.
  void check_calm(int width = 1440) {
    CHECK(chromium.complaints == std::vector<std::string>{});
    CHECK(chromium.requests == std::vector<std::string>{});
    CHECK(chromium.ask("document.documentElement.scrollWidth").get<int>() <= width);
  }
};

bool no_browser() {
  if (!browser::program().empty())
    return false;
  WARN("skipped: there is no Chromium here (Debian: apt install chromium; another: HYAKKI_CHROMIUM=/path)");
  return true;
}

std::size_t size_of(const fs::path& file) {
  auto ignored = std::error_code{};
  return fs::file_size(file, ignored);
}

} // namespace

SCENARIO("a browser shows the report on every screen, in both themes, on paper, and in silence") {
  if (no_browser())
    return;
  auto s = studio{};
  auto& b = s.chromium;
  auto sample = s.put("sample", sample_report());

  struct shot {
    const char* name;
    browser::screen how;
  };
  for (auto& [name, how] : {shot{"light", {1440, false, false, false}}, shot{"dark", {1440, true, false, false}},
                            shot{"tablet", {768, false, false, false}}, shot{"phone", {360, false, true, false}},
                            shot{"phone-dark", {360, true, true, false}}}) {
    INFO(name);
    b.open(sample, how);
    s.check_calm(how.width);
    CHECK(b.ask("document.querySelectorAll('#list tbody tr').length") == 25);
    b.picture(s.pictures / (std::string{name} + ".png"));
    CHECK(size_of(s.pictures / (std::string{name} + ".png")) > 20'000);
  }
  b.print(s.pictures / "sample.pdf");
  CHECK(size_of(s.pictures / "sample.pdf") > 20'000);

  // Every pair of a text and its ground that the eye must read, by WCAG's formula.
  for (bool dark : {false, true}) {
    INFO((dark ? "dark" : "light"));
    b.open(sample, {1440, dark, false, false});
    auto faint = b.ask(R"((() => {
      const rgb = c => c.match(/[\d.]+/g).map(Number);
      const light = c => { const [r, g, b] = rgb(c).map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 }); return .2126 * r + .7152 * g + .0722 * b };
      const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (rgb(c)[3] !== 0) return c } return 'rgb(255,255,255)' };
      const found = new Set();
      for (const e of document.querySelectorAll('body *')) {
        if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !e.getClientRects().length || e.closest('svg.plot *, script, style, button[disabled]')) continue;
        const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
        const ratio = (a + .05) / (b + .05);
        if (ratio < 4.5) found.add(e.tagName + '.' + e.className + ' ' + ratio.toFixed(2));
      }
      return [...found].join('; ');
    })())");
    CHECK(faint == "");
  }

  // The list: filters, search, sorting, links.
  b.open(sample, {1440, false, false, false});
  auto rows = [&] {
    return b.ask("[...document.querySelectorAll('#list tbody tr')].map(r => r.cells[0].textContent).join(' ')");
  };
  b.ask("document.querySelector('[data-filter=blocked]').click()");
  CHECK(rows() == "FIX-2");
  CHECK(b.ask("document.querySelector('[data-filter=blocked]').getAttribute('aria-pressed')") == "true");
  b.ask("document.querySelector('[data-filter=critical]').click()");
  CHECK(rows() == "IMPLEMEN-1 UPGRADE-1");
  b.ask("document.querySelector('[data-filter=all]').click()");
  b.ask("(() => { const s = document.getElementById('search'); s.value = 'LOGIN bug'; s.dispatchEvent(new "
        "Event('input')); return new Promise(r => "
        "setTimeout(r, 200)) })()");
  CHECK(rows() == "FIX-1");
  CHECK(b.ask("document.getElementById('range').textContent") == "1–1 of 1, 25 in the list");
  b.ask("(() => { const s = document.getElementById('search'); s.value = ''; s.dispatchEvent(new Event('input')); "
        "return new Promise(r => "
        "setTimeout(r, 200)) })()");
  b.ask("document.querySelector('#list thead th:nth-child(1) button').click()");
  CHECK(b.ask("document.querySelector('#list tbody tr').cells[0].textContent") == "1E3-1");
  CHECK(b.ask("document.querySelector('#list thead th:nth-child(1)').getAttribute('aria-sort')") == "ascending");
  b.ask("document.querySelector('[data-filter=closed]').click()");
  b.ask("location.hash = '#t-UPGRADE-1'; new Promise(r => setTimeout(r, 200))");
  CHECK(b.ask("document.querySelector('#list tr.hit').cells[0].textContent") == "UPGRADE-1");
  b.ask("document.getElementById('theme').click()");
  CHECK(b.ask("document.documentElement.dataset.theme") == "dark");
  b.ask("document.getElementById('theme').click()");
  s.check_calm();

  // Every link inside the page leads somewhere, and no two things have one name.
  CHECK(b.ask("document.querySelector('[data-filter=all]').click(), "
              "[...document.querySelectorAll('a[href^=\"#\"]')].filter(a => "
              "!document.getElementById(a.hash.slice(1))).map(a => a.hash).join()") == "");
  CHECK(
    b.ask(
      "[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i).join()") ==
    "");

  // Without its script the page is whole.
  b.open(sample, {1440, false, false, true});
  b.picture(s.pictures / "no-script.png");
  auto bare = browser::screen{};
  b.open(sample, bare);
  CHECK(b.ask("getComputedStyle(document.querySelector('.live')).display") != "none");
  s.check_calm();
}

SCENARIO("a browser shows a store without tickets") {
  if (no_browser())
    return;
  auto s = studio{};
  auto r = report_collector{report_time()}.finish();
  r.project = "fresh";
  s.chromium.open(s.put("empty", r), {1440, false, false, false});
  s.check_calm();
  CHECK(s.chromium.ask("document.querySelector('h2').textContent") == "No tickets yet");
  s.chromium.picture(s.pictures / "empty.png");
}

SCENARIO("what strangers write in tickets does not run in a browser") {
  if (no_browser())
    return;
  auto s = studio{};
  auto collector = report_collector{report_time()};
  std::size_t n = 0;
  for (auto& payload : payloads())
    add_written_by(collector, payload, n++);
  auto r = std::move(collector).finish();
  r.project = shown_text(payloads().front(), 80);
  r.branch = shown_text(payloads()[4], 80);
  for (int width : {1440, 360}) {
    s.chromium.open(s.put("hostile", r), {width, false, width == 360, false});
    CHECK(s.chromium.ask("typeof window.owned") == "undefined");
    CHECK(s.chromium.ask("document.scripts.length") == 2);
    CHECK(s.chromium.ask(
            "document.querySelectorAll('img, iframe, base, link:not([rel=icon]), object, embed, form').length") == 0);
    CHECK(s.chromium.ask(
            "[...document.querySelectorAll('*')].every(e => [...e.attributes].every(a => !a.name.startsWith('on')))") ==
          true);
    // Sorting, searching and printing read the texts again.
    s.chromium.ask("document.querySelectorAll('#list thead button').forEach(b => b.click())");
    CHECK(s.chromium.ask("typeof window.owned") == "undefined");
    s.check_calm(width);
  }
  s.chromium.picture(s.pictures / "hostile.png", 4000);
}

SCENARIO("a browser opens the report of ten thousand tickets quickly") {
  if (no_browser())
    return;
  auto s = studio{};
  auto collector = report_collector{report_time()};
  for (std::size_t i = 0; i < 10'000; ++i)
    collector.add(a_ticket(i, report_time()));
  auto r = std::move(collector).finish();
  r.project = "busy-project";
  auto file = s.put("many", r);
  CHECK(size_of(file) < 6'000'000);
  auto took = s.chromium.open(file, {1440, false, false, false});
  CAPTURE(took);
  CHECK(took < 10'000); // a loaded machine; a second where it is quiet
  s.check_calm();
  CHECK(s.chromium.ask("document.querySelectorAll('#list tbody tr').length") == 100);
  CHECK(s.chromium.ask("document.getElementById('range').textContent") == "1–100 of 10,000");
  s.chromium.ask("document.getElementById('next').click()");
  CHECK(s.chromium.ask("document.getElementById('range').textContent") == "101–200 of 10,000");
  s.chromium.ask("location.hash = '#t-TICKET-7777'; new Promise(r => setTimeout(r, 200))");
  CHECK(s.chromium.ask("document.querySelector('#list tr.hit').cells[0].textContent") == "TICKET-7777");
  s.chromium.ask("scrollTo(0, 0)");
  s.chromium.picture(s.pictures / "many.png");
}
