/* Small helpers; every page works without them. No inline scripts, no style attributes (CSP).
   data-autosave · data-keep · data-forget · data-once/data-confirm · data-dialog/data-close · data-key · data-copy · data-print
   · data-check-all · data-rows · data-auto-submit · data-fill · data-unfold · data-picks · data-fours: see docs/dev/look.md. */
(() => {
  "use strict";

  const find = (selector, root = document) => root.querySelector(selector);
  const each = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);

  /* ---- short messages at the edge of the page ---- */
  function toast(text, kind = "") {
    let area = find(".toasts");
    if (!area) {
      area = document.createElement("div");
      area.className = "toasts";
      area.setAttribute("role", "status");
      document.body.append(area);
    }
    const box = document.createElement("div");
    box.className = "toast" + (kind ? " toast-" + kind : "");
    box.textContent = text;
    area.append(box);
    setTimeout(() => box.remove(), kind === "error" ? 12000 : 4000);
  }

  const csrfToken = (form) => (find("input[name=csrfmiddlewaretoken]", form || document) || {}).value || "";

  /* ---- what is typed is kept in this browser, for a session that ends or a window that is closed by mistake:
     <form data-keep="a name of what the form decides and who fills it in"> ---- */
  const KEPT = "draft:", KEPT_OF = "drafts-of";

  function forgetKept() {
    try {
      Object.keys(sessionStorage).filter((key) => key.startsWith(KEPT)).forEach((key) => sessionStorage.removeItem(key));
    } catch (e) { /* private mode */ }
  }

  /* one window of a service hall has many people: what somebody typed goes when he signs out (data-forget on the form),
     or when another one has signed in; a session that only ended keeps it for him */
  function keepMineOnly() {
    const person = document.body.dataset.person;
    try {
      if (!person || sessionStorage.getItem(KEPT_OF) === person) return;
      forgetKept();
      sessionStorage.setItem(KEPT_OF, person);
    } catch (e) { /* private mode */ }
  }

  class Kept {
    constructor(form, name) {
      this.form = form;
      this.key = KEPT + name;
      const typed = (event) => { if (event.target.form === form) this.changed(); };
      document.addEventListener("input", typed);
      document.addEventListener("change", typed);
      this.offerRescue();
    }
    changed() { this.keep(); }
    values() {
      const entries = [];
      for (const [name, value] of new FormData(this.form)) {
        if (typeof value === "string" && name !== "csrfmiddlewaretoken") entries.push([name, value]);
      }
      return entries;
    }
    keep() {
      try { sessionStorage.setItem(this.key, JSON.stringify(this.values())); } catch (e) { /* private mode */ }
    }
    forget() {
      try { sessionStorage.removeItem(this.key); } catch (e) { /* private mode */ }
    }
    offerRescue() {
      let kept = null;
      try { kept = JSON.parse(sessionStorage.getItem(this.key) || "null"); } catch (e) { return; }
      if (!kept) return;
      /* only what this form asks for: a correction asks for less, and could bring nothing else back */
      const names = new Set([...this.form.elements].filter((field) => field.name !== "revision" && !field.disabled).map((field) => field.name));
      const told = (entries) => JSON.stringify(entries.filter(([name, value]) => value !== "" && names.has(name)));
      if (told(this.values()) === told(kept)) { this.forget(); return; }
      const box = document.createElement("div");
      box.className = "notice notice-warn";
      const text = document.createElement("div");
      text.textContent = "上次有填写的内容没来得及保存。 ";
      const restore = document.createElement("button");
      restore.type = "button";
      restore.className = "btn btn-small";
      restore.textContent = "恢复填写的内容";
      restore.addEventListener("click", () => { this.restore(kept); box.remove(); });
      text.append(restore);
      box.append(text);
      this.form.prepend(box);
    }
    restore(entries) {
      const byName = new Map();
      entries.forEach(([name, value]) => byName.set(name, [...(byName.get(name) || []), value]));
      for (const field of this.form.elements) {
        if (!field.name || field.name === "revision" || field.name === "csrfmiddlewaretoken") continue;
        const values = byName.get(field.name) || [];
        if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
        else if (field.type !== "file" && values.length) field.value = values.shift();
        unfolded({ target: field });
      }
      this.changed();
    }
  }

  /* ---- autosave: <form data-autosave="/url/"> with a .autosave element inside or named by data-autosave-status.
     Posts the whole form; the answer is {"revision": 7, "saved_at": "10:32"}; a 409 means another window was
     faster. What is typed is also kept in this browser until the server has it. ---- */
  class Autosave extends Kept {
    constructor(form) {
      super(form, form.dataset.autosave);
      this.url = form.dataset.autosave;
      this.status = find(form.dataset.autosaveStatus || ".autosave", form) || find(".autosave");
      this.dirty = false;
      this.stopped = false;
      this.running = null;
      this.timer = null;
      this.pause = 800;
      form.addEventListener("submit", () => { this.leaving = true; });
      window.addEventListener("beforeunload", (event) => {
        if (this.dirty && !this.leaving) event.preventDefault();
      });
      document.addEventListener("visibilitychange", () => { if (document.hidden) this.save(); });
      window.addEventListener("online", () => this.save());
    }
    show(state, text) {
      if (!this.status) return;
      this.status.dataset.state = state;
      this.status.textContent = text;
    }
    changed() {
      if (this.stopped) return;
      this.dirty = true;
      this.keep();
      this.show("waiting", "有未保存的修改");
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), this.pause);
    }
    async save() {
      clearTimeout(this.timer);
      if (!this.dirty || this.stopped) return;
      if (this.running) { await this.running; if (!this.dirty) return; }
      this.running = this.send();
      await this.running;
      this.running = null;
      if (this.dirty && !this.stopped && this.pause < 5000) this.timer = setTimeout(() => this.save(), this.pause);
    }
    async send() {
      this.dirty = false;
      this.show("saving", "正在保存…");
      const body = new FormData();
      this.values().forEach(([name, value]) => body.append(name, value));
      let answer;
      try {
        answer = await fetch(this.url, {
          method: "POST", body, credentials: "same-origin",
          headers: { "X-CSRFToken": csrfToken(this.form), "X-Requested-With": "autosave", Accept: "application/json" },
        });
      } catch (e) {
        this.failed("网络不通，填写的内容已留在本页，恢复后自动保存", 5000);
        return;
      }
      let content = {};
      try { content = await answer.json(); } catch (e) { /* not JSON: the status decides */ }
      if (answer.ok) {
        this.pause = 800;
        const revision = find("input[name=revision]", this.form);
        if (revision && content.revision !== undefined) revision.value = content.revision;
        if (!this.dirty) this.forget();
        this.show("saved", "已保存" + (content.saved_at ? " " + content.saved_at : ""));
        this.form.dispatchEvent(new CustomEvent("autosave:saved", { detail: content, bubbles: true }));
      } else if (answer.status === 409) {
        this.stopped = true;
        this.dirty = true;
        this.show("failed", content.detail || "另一个窗口保存了更新的内容，请刷新本页后再修改");
      } else if (answer.status === 401 || answer.status === 403) {
        await this.renew();
        this.failed("登录已过期，还没有保存。请在新窗口登录，登录后这里会自动保存，本页内容不会丢失", 5000);
      } else if (answer.status === 422 || answer.status === 400) {
        this.show("failed", content.detail || "有内容不符合要求，改好后自动保存");
      } else {
        this.failed(content.detail || "没有保存成功，稍后自动重试", 5000);
      }
    }
    /* signing in anew changes the token of every form: fetched from this very page, which only who is signed in gets */
    async renew() {
      try {
        const answer = await fetch(location.href, { credentials: "same-origin" });
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        const token = find("form[data-autosave]", fresh) && csrfToken(find("form[data-autosave]", fresh));
        if (token) each("input[name=csrfmiddlewaretoken]", (field) => { field.value = token; });
      } catch (e) { /* no network: the next try asks again */ }
    }
    failed(text, pause) {
      this.dirty = true;
      this.pause = pause;
      this.show("failed", text);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), pause);
    }
  }

  /* ---- another form of the page is sent (a file, say): what was typed is saved first ---- */
  function savedFirst(event) {
    const form = event.target;
    const open = [...document.forms].map((one) => one.autosaver).find((one) => one && one.form !== form && one.dirty && !one.stopped);
    if (!open || form.dataset.waited === "yes") return false;
    event.preventDefault();
    form.dataset.waited = "yes";
    open.save().finally(() => form.requestSubmit(event.submitter || undefined));
    return true;
  }

  /* ---- a form is sent once; dangerous ones ask first ---- */
  function guard(event) {
    const form = event.target;
    if (event.defaultPrevented || form.method.toLowerCase() !== "post" || savedFirst(event)) return;
    if (form.dataset.confirm && form.dataset.confirmed !== "yes") {
      event.preventDefault();
      confirmFirst(form, event.submitter);
      return;
    }
    if (form.dataset.sent === "yes") { event.preventDefault(); return; }
    if (form.hasAttribute("data-forget")) forgetKept();
    if (form.hasAttribute("hx-post") || form.dataset.once === "no") return;
    form.dataset.sent = "yes";
    // disabled one tick later, so that the pressed button's own name and value are still sent
    setTimeout(() => [...form.elements].filter((one) => one.type === "submit").forEach((button) => {
      button.setAttribute("aria-busy", button === event.submitter ? "true" : "false");
      button.disabled = true;
    }), 0);
  }

  function confirmFirst(form, submitter) {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    dialog.setAttribute("aria-labelledby", "confirm-title");
    dialog.innerHTML = '<div class="dialog-head"><h2 id="confirm-title">请确认</h2></div><div class="dialog-body"><p></p></div>' +
      '<div class="dialog-foot"><button type="button" class="btn" value="no">取消</button><button type="button" class="btn btn-primary" value="yes">确认</button></div>';
    find("p", dialog).textContent = form.dataset.confirm;
    const yes = find("button[value=yes]", dialog);
    if (submitter && submitter.textContent.trim()) yes.textContent = submitter.textContent.trim();
    find("button[value=no]", dialog).addEventListener("click", () => dialog.close());
    yes.addEventListener("click", () => {
      form.dataset.confirmed = "yes";
      dialog.close();
      form.requestSubmit(submitter || undefined);
    });
    dialog.addEventListener("close", () => { dialog.remove(); if (submitter) submitter.focus(); });
    document.body.append(dialog);
    dialog.showModal();
  }

  function unguard() {
    each("form[data-sent=yes]", (form) => {
      delete form.dataset.sent;
      delete form.dataset.confirmed;
      [...form.elements].filter((one) => one.hasAttribute("aria-busy")).forEach((button) => { button.removeAttribute("aria-busy"); button.disabled = false; });
    });
  }

  /* ---- paper can't be unfolded: what is only read is printed open ---- */
  function unfoldForPaper() {
    each("main details:not([open])", (one) => { if (!find("form", one)) { one.open = true; one.dataset.unfolded = "yes"; } });
  }

  /* ---- keyboard: data-key="g" on a link, button or field; "?" shows them all; can be switched off ---- */
  const shortcutsOff = () => { try { return localStorage.getItem("shortcuts") === "off"; } catch (e) { return false; } };
  const isTyping = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(checkbox|radio|button|submit)$/.test(target.type);

  function shortcut(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.tagName === "TEXTAREA") {
      const send = find("button[data-key]", event.target.form);
      if (send && !send.disabled && !shortcutsOff()) { event.preventDefault(); send.click(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || find("dialog[open]")) return;
    if (event.key === "?" && find("[data-key], [data-rows]")) { event.preventDefault(); showShortcuts(); return; }
    if (shortcutsOff()) return;
    if (moveRow(event)) { event.preventDefault(); return; }
    const target = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key && !one.disabled);
    if (!target) return;
    event.preventDefault();
    if (event.repeat) return; // a key held down must not run on into the next page
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) {
      target.focus();
      if (/^(checkbox|radio)$/.test(target.type)) target.click();
    } else target.click();
  }

  function moveRow(event) {
    const table = find("[data-rows]");
    if (!table || !["j", "k", "x"].includes(event.key)) return false;
    const rows = [...table.querySelectorAll("tbody tr")];
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    if (event.key === "x") {
      const box = at >= 0 && find("input[type=checkbox]", rows[at]);
      if (box) box.click();
      return Boolean(box);
    }
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + (event.key === "j" ? 1 : -1)))];
    const place = next && (find("a", next) || find("input, button", next));
    if (place) place.focus();
    return Boolean(place);
  }

  function showShortcuts() {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    dialog.setAttribute("aria-labelledby", "keys-title");
    dialog.innerHTML = '<div class="dialog-head"><h2 id="keys-title">键盘快捷键</h2></div><div class="dialog-body"><dl class="kv"></dl></div>' +
      '<div class="dialog-foot"><button type="button" class="btn" value="toggle"></button><button type="button" class="btn btn-primary" value="close">关闭</button></div>';
    const list = find("dl", dialog);
    const add = (key, what) => {
      const row = document.createElement("div"), dt = document.createElement("dt"), dd = document.createElement("dd"), k = document.createElement("kbd");
      k.textContent = key; dt.append(k); dd.textContent = what; row.append(dt, dd); list.append(row);
    };
    if (find("[data-rows]")) { add("j / k", "下一行 / 上一行"); add("x", "选中当前行"); add("Enter", "打开当前行"); }
    each("[data-key]", (one) => add(one.dataset.key, one.dataset.keyLabel || one.getAttribute("aria-label") || one.textContent.trim() || one.placeholder || ""));
    const toggle = find("button[value=toggle]", dialog);
    const label = () => { toggle.textContent = shortcutsOff() ? "开启快捷键" : "关掉快捷键"; };
    label();
    toggle.addEventListener("click", () => { try { localStorage.setItem("shortcuts", shortcutsOff() ? "on" : "off"); } catch (e) { /* private mode */ } label(); });
    find("button[value=close]", dialog).addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  /* ---- clicks ---- */
  function clicked(event) {
    const target = event.target.closest("[data-dialog], [data-close], [data-copy], [data-print]");
    if (!target) return;
    if (target.dataset.dialog) {
      const dialog = document.getElementById(target.dataset.dialog);
      if (dialog && dialog.showModal) { event.preventDefault(); dialog.showModal(); }
    } else if (target.hasAttribute("data-close")) {
      event.preventDefault();
      target.closest("dialog").close();
    } else if (target.hasAttribute("data-print")) {
      window.print();
    } else {
      copy(target.dataset.copy);
    }
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      toast("已复制");
    } catch (e) {
      toast("复制没有成功，请手动选择后复制", "error");
    }
  }

  /* ---- select all rows, with a count ---- */
  function counted(event) {
    const all = event.target.closest("[data-check-all]");
    if (all) each('input[type=checkbox][name="' + all.dataset.checkAll + '"]', (box) => { box.checked = all.checked; });
    if (event.target.type === "checkbox") {
      each("[data-check-count]", (place) => {
        const chosen = document.querySelectorAll('input[type=checkbox][name="' + place.dataset.checkCount + '"]:checked').length;
        place.textContent = String(chosen);
      });
      each("[data-check-sum]", (place) => {
        const chosen = document.querySelectorAll('input[type=checkbox][name="' + place.dataset.checkSum + '"]:checked');
        const fen = [...chosen].reduce((sum, box) => sum + Number(box.dataset.fen), 0);  // whole fen: exact
        place.textContent = (fen / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
      });
    }
    if (!event.target.closest("[data-auto-submit]")) return;
    if (event.target.type === "file") toast("正在上传…");
    event.target.form.requestSubmit();
  }

  /* ---- a choice brings words for a text box, as long as nobody typed there ---- */
  function filled(event) {
    const choice = event.target.closest("input[data-fill]");
    const place = choice && document.getElementById(choice.dataset.fill);
    if (!place) return;
    const words = [...document.querySelectorAll("input[data-fill]")].map((one) => one.dataset.fillText || "");
    if (place.value.trim() === "" || words.includes(place.value)) place.value = choice.dataset.fillText || "";
  }

  /* ---- a choice unfolds what belongs to it ---- */
  function unfolded(event) {
    const choice = event.target.closest("input[data-unfold]");
    const fold = choice && document.getElementById(choice.dataset.unfold);
    if (fold && choice.checked) fold.open = true;
  }

  /* ---- who types where a choice belongs has made that choice: what was typed must not be left behind ---- */
  function picked(event) {
    const place = event.target.closest("[data-picks]");
    const choice = place && document.getElementById(place.dataset.picks);
    const typed = event.target.type === "checkbox" ? event.target.checked : event.target.value.trim() !== "";
    if (!choice || choice.checked || !typed) return;
    choice.checked = true;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /* ---- a long number is shown in fours below its field, for checking while it is typed ---- */
  function inFours(event) {
    const field = event.target.closest("input[data-fours]");
    if (!field) return;
    let place = document.getElementById("fours-" + field.id);
    if (!place) {
      place = document.createElement("p");
      place.id = "fours-" + field.id;
      place.className = "field-hint code";
      field.after(place);
    }
    const number = field.value.normalize("NFKC").replace(/[\s-]/g, "");
    place.textContent = number ? number.replace(/(.{4})(?=.)/g, "$1 ") + "（" + number.length + " 位）" : "";
  }

  document.addEventListener("submit", guard);
  document.addEventListener("input", inFours);
  document.addEventListener("input", picked);
  document.addEventListener("click", clicked);
  document.addEventListener("change", counted);
  document.addEventListener("change", filled);
  document.addEventListener("change", unfolded);
  document.addEventListener("keydown", shortcut);
  window.addEventListener("pageshow", unguard);
  window.addEventListener("beforeprint", unfoldForPaper);
  window.addEventListener("afterprint", () => each("details[data-unfolded]", (one) => { one.open = false; delete one.dataset.unfolded; }));
  document.addEventListener("htmx:responseError", (event) => {
    let text = "没有完成，请稍后再试";
    try { text = JSON.parse(event.detail.xhr.responseText).detail || text; } catch (e) { /* not JSON */ }
    toast(text, "error");
  });
  document.addEventListener("htmx:sendError", () => toast("网络不通，请检查后再试", "error"));
  document.addEventListener("htmx:configRequest", (event) => {
    const token = csrfToken();
    if (token) event.detail.headers["X-CSRFToken"] = token;
  });
  /* long parts of a page begin folded on a phone; without scripts they are open */
  if (matchMedia("(max-width: 40em)").matches) each("details[data-fold-on-phone]", (one) => { if (location.hash !== "#" + one.id) one.open = false; });
  const start = () => {
    keepMineOnly();
    each("form[data-autosave]", (form) => { if (!form.autosaver) form.autosaver = new Autosave(form); });
    each("form[data-keep]", (form) => { if (!form.kept) form.kept = new Kept(form, form.dataset.keep); });
    each("[data-focus]", (one) => one.focus());
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
  document.addEventListener("htmx:load", start);
  window.babashi = { toast };
})();
