// \0rolldown/runtime.js
var e = Object.create, t = Object.defineProperty, n = Object.getOwnPropertyDescriptor, r = Object.getOwnPropertyNames, i = Object.getPrototypeOf, a = Object.prototype.hasOwnProperty, o = (e, t) => () => (t || (e((t = { exports: {} }).exports, t, t.exports), e = null), t.exports), s = (e, i, o, s) => {
	if (i && typeof i == "object" || typeof i == "function") for (var c = r(i), l = 0, u = c.length, d; l < u; l++) d = c[l], !a.call(e, d) && d !== o && t(e, d, {
		get: ((e) => i[e]).bind(null, d),
		enumerable: !(s = n(i, d)) || s.enumerable
	});
	return e;
}, c = (n, r, o) => (o = n == null ? {} : e(i(n)), s(r || !n || !n.__esModule || !a.call(n, "default") ? t(o, "default", {
	value: n,
	enumerable: !0
}) : o, n));
// src/bits.js
function l(e) {
	let t = new Uint8Array(Math.ceil(e.length / 8));
	for (let n = 0; n < e.length; n += 1) e[n] && (t[n >> 3] |= 1 << (n & 7));
	return t;
}
function u(e, t) {
	if (e.length !== Math.ceil(t / 8)) throw Error(e.length + " bytes came for " + t + " points");
	let n = new Uint8Array(t);
	for (let r = 0; r < t; r += 1) n[r] = e[r >> 3] >> (r & 7) & 1;
	return n;
}
function d(e) {
	let t = [];
	for (let n = 0; n < e.length; n += 1) e[n] && t.push(n);
	return t;
}
function f(e, t, n) {
	return n === "add" ? e.map((e, n) => e | t[n]) : n === "subtract" ? e.map((e, n) => e & (t[n] ^ 1)) : t;
}
function p(e) {
	let t = 0;
	for (let n = 0; n < e.length; n += 1) t += e[n];
	return t;
}
// src/data.js
var m = /* @__PURE__ */ new Map();
function h(e) {
	if (!m.has(e)) {
		let t = fetch(e).then((e) => {
			if (!e.ok) throw Error("the server answered " + e.status);
			return e.arrayBuffer();
		});
		t.catch(() => m.delete(e)), m.set(e, t), m.size > 12 && m.delete(m.keys().next().value);
	}
	return m.get(e);
}
async function g(e) {
	let t = await h(e), n = new Uint32Array(t, 0, 1)[0];
	return {
		n,
		x: new Float32Array(t, 4, n),
		y: new Float32Array(t, 4 + 4 * n, n),
		ids: new Uint32Array(t, 4 + 8 * n, n)
	};
}
async function _(e) {
	let t = await h(e), n = new Uint32Array(t, 0, 1)[0];
	return {
		n,
		ids: new Uint32Array(t, 4, n),
		xyz: new Int16Array(t, 4 + 4 * n, 3 * n)
	};
}
async function v(e) {
	return new Uint8Array(await h(e));
}
async function y(e, t) {
	return u(new Uint8Array(await h(e)), t);
}
async function b(e, t) {
	let n = await fetch(e, {
		method: "POST",
		headers: { "Content-Type": "application/octet-stream" },
		body: l(t)
	});
	if (!n.ok) throw Error("the server answered " + n.status + " to the selection");
	return n.json();
}
var x = /* @__PURE__ */ new Map();
function S(e) {
	return x.has(e) || (x.set(e, fetch(e).then((e) => e.ok ? e.json() : null).catch(() => null)), x.size > 400 && x.delete(x.keys().next().value)), x.get(e);
}
// src/elements.js
function C(e, t, n) {
	let r = document.createElement(e);
	return t && (r.className = t), n !== void 0 && (r.textContent = n), r;
}
function w(e, t, n) {
	let r = C("button", "", e);
	return r.type = "button", r.title = n || "", r.onclick = t, r;
}
function T(e) {
	return e.toLocaleString("en-GB");
}
function E(e) {
	return "#" + (e.match(/[\d.]+/g) || [
		"0",
		"0",
		"0"
	]).slice(0, 3).map((e) => Math.round(Number(e)).toString(16).padStart(2, "0")).join("");
}
// node_modules/pub-sub-es/dist/index.js
var D = new window.BroadcastChannel("pub-sub-es"), O = (e) => typeof e == "string", k = (e, t) => O(e) && t ? e.toLowerCase() : e, A = (e, t) => (n, r, i = Infinity) => {
	let a = k(n, t?.caseInsensitive), o = e[a] || [];
	return o.push({
		handler: r,
		times: +i || Infinity
	}), e[a] = o, {
		event: a,
		handler: r
	};
}, j = (e) => typeof e == "object";
function M(e, t) {
	function n(n, r) {
		let i, a;
		j(n) ? (a = n.handler, i = n.event) : (i = n, a = r);
		let o = e[k(i, t?.caseInsensitive)];
		if (!o) return;
		let s = o.findIndex((e) => e.handler === a);
		s === -1 || s >= o.length || o.splice(s, 1);
	}
	return n;
}
var N = (e) => !!e, P = (e, t) => {
	let n = M(e);
	return (...r) => {
		let [i, a, o] = r, s = k(i, t?.caseInsensitive), c = e[s];
		if (!N(c)) return;
		let l = [...c];
		for (let e of l) --e.times < 1 && n(s, e.handler);
		let u = o?.async === void 0 ? t?.async : o.async, d = () => {
			for (let e of l) e.handler(a);
		};
		if (u ? setTimeout(d, 0) : d(), t?.isGlobal && !o?.isNoGlobalBroadcast) try {
			D.postMessage({
				event: s,
				news: a
			});
		} catch (e) {
			if (e instanceof Error && e.name === "DataCloneError") console.warn(`Could not broadcast '${s.toString()}' globally. Payload is not clonable.`);
			else throw e;
		}
	};
};
function F(e) {
	return Object.keys(e);
}
var I = (e) => () => {
	for (let t of F(e)) delete e[t];
}, L = () => ({}), R = (e) => {
	let t = !!e?.async, n = !!e?.caseInsensitive, r = e?.stack || L();
	return {
		publish: P(r, {
			async: t,
			caseInsensitive: n
		}),
		subscribe: A(r, { caseInsensitive: n }),
		unsubscribe: M(r, { caseInsensitive: n }),
		clear: I(r),
		stack: r
	};
}, z = L(), B = {
	publish: P(z, { isGlobal: !0 }),
	subscribe: A(z),
	unsubscribe: M(z),
	clear: I(z),
	stack: z
};
D.onmessage = ({ data: { event: e, news: t } }) => B.publish(e, t, { isNoGlobalBroadcast: !0 });
// node_modules/regl-scatterplot/dist/regl-scatterplot.esm.js
var ee = /* @__PURE__ */ c((/* @__PURE__ */ o(((e, t, n) => {
	(function(n, r) {
		typeof e == "object" && t !== void 0 ? t.exports = r() : typeof define == "function" && define.amd ? define(r) : n.createREGL = r();
	})(n, (function() {
		var e = function(e) {
			return e instanceof Uint8Array || e instanceof Uint16Array || e instanceof Uint32Array || e instanceof Int8Array || e instanceof Int16Array || e instanceof Int32Array || e instanceof Float32Array || e instanceof Float64Array || e instanceof Uint8ClampedArray;
		}, t = function(e, t) {
			for (var n = Object.keys(t), r = 0; r < n.length; ++r) e[n[r]] = t[n[r]];
			return e;
		}, n = "\n";
		function r(e) {
			return typeof atob < "u" ? atob(e) : "base64:" + e;
		}
		function i(e) {
			var t = /* @__PURE__ */ Error("(regl) " + e);
			throw console.error(t), t;
		}
		function a(e, t) {
			e || i(t);
		}
		function o(e) {
			return e ? ": " + e : "";
		}
		function s(e, t, n) {
			e in t || i("unknown parameter (" + e + ")" + o(n) + ". possible values: " + Object.keys(t).join());
		}
		function c(t, n) {
			e(t) || i("invalid parameter type" + o(n) + ". must be a typed array");
		}
		function l(e, t) {
			switch (t) {
				case "number": return typeof e == "number";
				case "object": return typeof e == "object";
				case "string": return typeof e == "string";
				case "boolean": return typeof e == "boolean";
				case "function": return typeof e == "function";
				case "undefined": return e === void 0;
				case "symbol": return typeof e == "symbol";
			}
		}
		function u(e, t, n) {
			l(e, t) || i("invalid parameter type" + o(n) + ". expected " + t + ", got " + typeof e);
		}
		function d(e, t) {
			e >= 0 && (e | 0) === e || i("invalid parameter type, (" + e + ")" + o(t) + ". must be a nonnegative integer");
		}
		function f(e, t, n) {
			t.indexOf(e) < 0 && i("invalid value" + o(n) + ". must be one of: " + t);
		}
		var p = [
			"gl",
			"canvas",
			"container",
			"attributes",
			"pixelRatio",
			"extensions",
			"optionalExtensions",
			"profile",
			"onDone"
		];
		function m(e) {
			Object.keys(e).forEach(function(e) {
				p.indexOf(e) < 0 && i("invalid regl constructor argument \"" + e + "\". must be one of " + p);
			});
		}
		function h(e, t) {
			for (e += ""; e.length < t;) e = " " + e;
			return e;
		}
		function g() {
			this.name = "unknown", this.lines = [], this.index = {}, this.hasErrors = !1;
		}
		function _(e, t) {
			this.number = e, this.line = t, this.errors = [];
		}
		function v(e, t, n) {
			this.file = e, this.line = t, this.message = n;
		}
		function y() {
			var e = /* @__PURE__ */ Error(), t = (e.stack || e).toString(), n = /compileProcedure.*\n\s*at.*\((.*)\)/.exec(t);
			if (n) return n[1];
			var r = /compileProcedure.*\n\s*at\s+(.*)(\n|$)/.exec(t);
			return r ? r[1] : "unknown";
		}
		function b() {
			var e = /* @__PURE__ */ Error(), t = (e.stack || e).toString(), n = /at REGLCommand.*\n\s+at.*\((.*)\)/.exec(t);
			if (n) return n[1];
			var r = /at REGLCommand.*\n\s+at\s+(.*)\n/.exec(t);
			return r ? r[1] : "unknown";
		}
		function x(e, t) {
			var n = e.split("\n"), i = 1, a = 0, o = {
				unknown: new g(),
				0: new g()
			};
			o.unknown.name = o[0].name = t || y(), o.unknown.lines.push(new _(0, ""));
			for (var s = 0; s < n.length; ++s) {
				var c = n[s], l = /^\s*#\s*(\w+)\s+(.+)\s*$/.exec(c);
				if (l) switch (l[1]) {
					case "line":
						var u = /(\d+)(\s+\d+)?/.exec(l[2]);
						u && (i = u[1] | 0, u[2] && (a = u[2] | 0, a in o || (o[a] = new g())));
						break;
					case "define":
						var d = /SHADER_NAME(_B64)?\s+(.*)$/.exec(l[2]);
						d && (o[a].name = d[1] ? r(d[2]) : d[2]);
				}
				o[a].lines.push(new _(i++, c));
			}
			return Object.keys(o).forEach(function(e) {
				var t = o[e];
				t.lines.forEach(function(e) {
					t.index[e.number] = e;
				});
			}), o;
		}
		function S(e) {
			var t = [];
			return e.split("\n").forEach(function(e) {
				if (!(e.length < 5)) {
					var n = /^ERROR:\s+(\d+):(\d+):\s*(.*)$/.exec(e);
					n ? t.push(new v(n[1] | 0, n[2] | 0, n[3].trim())) : e.length > 0 && t.push(new v("unknown", 0, e));
				}
			}), t;
		}
		function C(e, t) {
			t.forEach(function(t) {
				var n = e[t.file];
				if (n) {
					var r = n.index[t.line];
					if (r) {
						r.errors.push(t), n.hasErrors = !0;
						return;
					}
				}
				e.unknown.hasErrors = !0, e.unknown.lines[0].errors.push(t);
			});
		}
		function w(e, t, r, i, o) {
			if (!e.getShaderParameter(t, e.COMPILE_STATUS)) {
				var s = e.getShaderInfoLog(t), c = i === e.FRAGMENT_SHADER ? "fragment" : "vertex";
				j(r, "string", c + " shader source must be a string", o);
				var l = x(r, o);
				C(l, S(s)), Object.keys(l).forEach(function(e) {
					var t = l[e];
					if (!t.hasErrors) return;
					var r = [""], i = [""];
					function a(e, t) {
						r.push(e), i.push(t || "");
					}
					a("file number " + e + ": " + t.name + "\n", "color:red;text-decoration:underline;font-weight:bold"), t.lines.forEach(function(e) {
						if (e.errors.length > 0) {
							a(h(e.number, 4) + "|  ", "background-color:yellow; font-weight:bold"), a(e.line + n, "color:red; background-color:yellow; font-weight:bold");
							var t = 0;
							e.errors.forEach(function(r) {
								var i = r.message, o = /^\s*'(.*)'\s*:\s*(.*)$/.exec(i);
								if (o) {
									var s = o[1];
									i = o[2], s === "assign" && (s = "="), t = Math.max(e.line.indexOf(s, t), 0);
								} else t = 0;
								a(h("| ", 6)), a(h("^^^", t + 3) + n, "font-weight:bold"), a(h("| ", 6)), a(i + n, "font-weight:bold");
							}), a(h("| ", 6) + n);
						} else a(h(e.number, 4) + "|  "), a(e.line + n, "color:red");
					}), typeof document < "u" && !window.chrome ? (i[0] = r.join("%c"), console.log.apply(console, i)) : console.log(r.join(""));
				}), a.raise("Error compiling " + c + " shader, " + l[0].name);
			}
		}
		function T(e, t, r, i, o) {
			if (!e.getProgramParameter(t, e.LINK_STATUS)) {
				var s = e.getProgramInfoLog(t), c = x(r, o), l = "Error linking program with vertex shader, \"" + x(i, o)[0].name + "\", and fragment shader \"" + c[0].name + "\"";
				typeof document < "u" ? console.log("%c" + l + n + "%c" + s, "color:red;text-decoration:underline;font-weight:bold", "color:red") : console.log(l + n + s), a.raise(l);
			}
		}
		function E(e) {
			e._commandRef = y();
		}
		function D(e, t, n, r) {
			E(e);
			function i(e) {
				return e ? r.id(e) : 0;
			}
			e._fragId = i(e.static.frag), e._vertId = i(e.static.vert);
			function a(e, t) {
				Object.keys(t).forEach(function(t) {
					e[r.id(t)] = !0;
				});
			}
			var o = e._uniformSet = {};
			a(o, t.static), a(o, t.dynamic);
			var s = e._attributeSet = {};
			a(s, n.static), a(s, n.dynamic), e._hasCount = "count" in e.static || "count" in e.dynamic || "elements" in e.static || "elements" in e.dynamic;
		}
		function O(e, t) {
			var n = b();
			i(e + " in command " + (t || y()) + (n === "unknown" ? "" : " called from " + n));
		}
		function k(e, t, n) {
			e || O(t, n || y());
		}
		function A(e, t, n, r) {
			e in t || O("unknown parameter (" + e + ")" + o(n) + ". possible values: " + Object.keys(t).join(), r || y());
		}
		function j(e, t, n, r) {
			l(e, t) || O("invalid parameter type" + o(n) + ". expected " + t + ", got " + typeof e, r || y());
		}
		function M(e) {
			e();
		}
		function N(e, t, n) {
			e.texture ? f(e.texture._texture.internalformat, t, "unsupported texture format for attachment") : f(e.renderbuffer._renderbuffer.format, n, "unsupported renderbuffer format for attachment");
		}
		var P = 33071, F = 9728, I = 9984, L = 9985, R = 9986, z = 9987, B = 5120, ee = 5121, V = 5122, te = 5123, ne = 5124, H = 5125, re = 5126, U = 32819, ie = 32820, W = 33635, ae = 34042, oe = 36193, G = {};
		G[B] = G[ee] = 1, G[V] = G[te] = G[oe] = G[W] = G[U] = G[ie] = 2, G[ne] = G[H] = G[re] = G[ae] = 4;
		function se(e, t) {
			return e === ie || e === U || e === W ? 2 : e === ae ? 4 : G[e] * t;
		}
		function ce(e) {
			return !(e & e - 1) && !!e;
		}
		function K(e, t, n) {
			var r, i = t.width, o = t.height, s = t.channels;
			a(i > 0 && i <= n.maxTextureSize && o > 0 && o <= n.maxTextureSize, "invalid texture shape"), (e.wrapS !== P || e.wrapT !== P) && a(ce(i) && ce(o), "incompatible wrap mode for texture, both width and height must be power of 2"), t.mipmask === 1 ? i !== 1 && o !== 1 && a(e.minFilter !== I && e.minFilter !== R && e.minFilter !== L && e.minFilter !== z, "min filter requires mipmap") : (a(ce(i) && ce(o), "texture must be a square power of 2 to support mipmapping"), a(t.mipmask === (i << 1) - 1, "missing or incomplete mipmap data")), t.type === re && (n.extensions.indexOf("oes_texture_float_linear") < 0 && a(e.minFilter === F && e.magFilter === F, "filter not supported, must enable oes_texture_float_linear"), a(!e.genMipmaps, "mipmap generation not supported with float textures"));
			var c = t.images;
			for (r = 0; r < 16; ++r) if (c[r]) {
				var l = i >> r, u = o >> r;
				a(t.mipmask & 1 << r, "missing mipmap data");
				var d = c[r];
				if (a(d.width === l && d.height === u, "invalid shape for mip images"), a(d.format === t.format && d.internalformat === t.internalformat && d.type === t.type, "incompatible type for mip image"), !d.compressed) {
					if (d.data) {
						var f = Math.ceil(se(d.type, s) * l / d.unpackAlignment) * d.unpackAlignment;
						a(d.data.byteLength === f * u, "invalid data for image, buffer size is inconsistent with image format");
					} else d.element || d.copy;
				}
			} else e.genMipmaps || a(!(t.mipmask & 1 << r), "extra mipmap data");
			t.compressed && a(!e.genMipmaps, "mipmap generation for compressed images not supported");
		}
		function le(e, t, n, r) {
			var i = e.width, o = e.height, s = e.channels;
			a(i > 0 && i <= r.maxTextureSize && o > 0 && o <= r.maxTextureSize, "invalid texture shape"), a(i === o, "cube map must be square"), a(t.wrapS === P && t.wrapT === P, "wrap mode not supported by cube map");
			for (var c = 0; c < n.length; ++c) {
				var l = n[c];
				a(l.width === i && l.height === o, "inconsistent cube map face shape"), t.genMipmaps && (a(!l.compressed, "can not generate mipmap for compressed textures"), a(l.mipmask === 1, "can not specify mipmaps and generate mipmaps"));
				for (var u = l.images, d = 0; d < 16; ++d) {
					var f = u[d];
					if (f) {
						var p = i >> d, m = o >> d;
						a(l.mipmask & 1 << d, "missing mipmap data"), a(f.width === p && f.height === m, "invalid shape for mip images"), a(f.format === e.format && f.internalformat === e.internalformat && f.type === e.type, "incompatible type for mip image"), f.compressed || (f.data ? a(f.data.byteLength === p * m * Math.max(se(f.type, s), f.unpackAlignment), "invalid data for image, buffer size is inconsistent with image format") : f.element || f.copy);
					}
				}
			}
		}
		var q = t(a, {
			optional: M,
			raise: i,
			commandRaise: O,
			command: k,
			parameter: s,
			commandParameter: A,
			constructor: m,
			type: u,
			commandType: j,
			isTypedArray: c,
			nni: d,
			oneOf: f,
			shaderError: w,
			linkError: T,
			callSite: b,
			saveCommandRef: E,
			saveDrawInfo: D,
			framebufferFormat: N,
			guessCommand: y,
			texture2D: K,
			textureCube: le
		}), ue = 0, J = 0, de = 5, fe = 6;
		function pe(e, t) {
			this.id = ue++, this.type = e, this.data = t;
		}
		function me(e) {
			return e.replace(/\\/g, "\\\\").replace(/"/g, "\\\"");
		}
		function he(e) {
			if (e.length === 0) return [];
			var t = e.charAt(0), n = e.charAt(e.length - 1);
			if (e.length > 1 && t === n && (t === "\"" || t === "'")) return ["\"" + me(e.substr(1, e.length - 2)) + "\""];
			var r = /\[(false|true|null|\d+|'[^']*'|"[^"]*")\]/.exec(e);
			if (r) return he(e.substr(0, r.index)).concat(he(r[1])).concat(he(e.substr(r.index + r[0].length)));
			var i = e.split(".");
			if (i.length === 1) return ["\"" + me(e) + "\""];
			for (var a = [], o = 0; o < i.length; ++o) a = a.concat(he(i[o]));
			return a;
		}
		function ge(e) {
			return "[" + he(e).join("][") + "]";
		}
		function _e(e, t) {
			return new pe(e, ge(t + ""));
		}
		function ve(e) {
			return typeof e == "function" && !e._reglType || e instanceof pe;
		}
		function ye(e, t) {
			if (typeof e == "function") return new pe(J, e);
			if (typeof e == "number" || typeof e == "boolean") return new pe(de, e);
			if (Array.isArray(e)) return new pe(fe, e.map(function(e, n) {
				return ye(e, t + "[" + n + "]");
			}));
			if (e instanceof pe) return e;
			q(!1, "invalid option type in uniform " + t);
		}
		var be = {
			DynamicVariable: pe,
			define: _e,
			isDynamic: ve,
			unbox: ye,
			accessor: ge
		}, xe = {
			next: typeof requestAnimationFrame == "function" ? function(e) {
				return requestAnimationFrame(e);
			} : function(e) {
				return setTimeout(e, 16);
			},
			cancel: typeof cancelAnimationFrame == "function" ? function(e) {
				return cancelAnimationFrame(e);
			} : clearTimeout
		}, Se = typeof performance < "u" && performance.now ? function() {
			return performance.now();
		} : function() {
			return +/* @__PURE__ */ new Date();
		};
		function Ce() {
			var e = { "": 0 }, t = [""];
			return {
				id: function(n) {
					var r = e[n];
					return r || (r = e[n] = t.length, t.push(n), r);
				},
				str: function(e) {
					return t[e];
				}
			};
		}
		function we(e, n, r) {
			var i = document.createElement("canvas");
			t(i.style, {
				border: 0,
				margin: 0,
				padding: 0,
				top: 0,
				left: 0,
				width: "100%",
				height: "100%"
			}), e.appendChild(i), e === document.body && (i.style.position = "absolute", t(e.style, {
				margin: 0,
				padding: 0
			}));
			function a() {
				var t = window.innerWidth, n = window.innerHeight;
				if (e !== document.body) {
					var a = i.getBoundingClientRect();
					t = a.right - a.left, n = a.bottom - a.top;
				}
				i.width = r * t, i.height = r * n;
			}
			var o;
			e !== document.body && typeof ResizeObserver == "function" ? (o = new ResizeObserver(function() {
				setTimeout(a);
			}), o.observe(e)) : window.addEventListener("resize", a, !1);
			function s() {
				o ? o.disconnect() : window.removeEventListener("resize", a), e.removeChild(i);
			}
			return a(), {
				canvas: i,
				onDestroy: s
			};
		}
		function Te(e, t) {
			function n(n) {
				try {
					return e.getContext(n, t);
				} catch {
					return null;
				}
			}
			return n("webgl") || n("experimental-webgl") || n("webgl-experimental");
		}
		function Ee(e) {
			return typeof e.nodeName == "string" && typeof e.appendChild == "function" && typeof e.getBoundingClientRect == "function";
		}
		function De(e) {
			return typeof e.drawArrays == "function" || typeof e.drawElements == "function";
		}
		function Oe(e) {
			return typeof e == "string" ? e.split() : (q(Array.isArray(e), "invalid extension array"), e);
		}
		function ke(e) {
			return typeof e == "string" ? (q(typeof document < "u", "not supported outside of DOM"), document.querySelector(e)) : e;
		}
		function Ae(e) {
			var t = e || {}, n, r, i, a, o = {}, s = [], c = [], l = typeof window > "u" ? 1 : window.devicePixelRatio, u = !1, d = function(e) {
				e && q.raise(e);
			}, f = function() {};
			if (typeof t == "string" ? (q(typeof document < "u", "selector queries only supported in DOM environments"), n = document.querySelector(t), q(n, "invalid query string for element")) : typeof t == "object" ? Ee(t) ? n = t : De(t) ? (a = t, i = a.canvas) : (q.constructor(t), "gl" in t ? a = t.gl : "canvas" in t ? i = ke(t.canvas) : "container" in t && (r = ke(t.container)), "attributes" in t && (o = t.attributes, q.type(o, "object", "invalid context attributes")), "extensions" in t && (s = Oe(t.extensions)), "optionalExtensions" in t && (c = Oe(t.optionalExtensions)), "onDone" in t && (q.type(t.onDone, "function", "invalid or missing onDone callback"), d = t.onDone), "profile" in t && (u = !!t.profile), "pixelRatio" in t && (l = +t.pixelRatio, q(l > 0, "invalid pixel ratio"))) : q.raise("invalid arguments to regl"), n && (n.nodeName.toLowerCase() === "canvas" ? i = n : r = n), !a) {
				if (!i) {
					q(typeof document < "u", "must manually specify webgl context outside of DOM environments");
					var p = we(r || document.body, d, l);
					if (!p) return null;
					i = p.canvas, f = p.onDestroy;
				}
				o.premultipliedAlpha === void 0 && (o.premultipliedAlpha = !0), a = Te(i, o);
			}
			return a ? {
				gl: a,
				canvas: i,
				container: r,
				extensions: s,
				optionalExtensions: c,
				pixelRatio: l,
				profile: u,
				onDone: d,
				onDestroy: f
			} : (f(), d("webgl not supported, try upgrading your browser or graphics drivers http://get.webgl.org"), null);
		}
		function je(e, t) {
			var n = {};
			function r(t) {
				q.type(t, "string", "extension name must be string");
				var r = t.toLowerCase(), i;
				try {
					i = n[r] = e.getExtension(r);
				} catch {}
				return !!i;
			}
			for (var i = 0; i < t.extensions.length; ++i) {
				var a = t.extensions[i];
				if (!r(a)) return t.onDestroy(), t.onDone("\"" + a + "\" extension is not supported by the current WebGL context, try upgrading your system or a different browser"), null;
			}
			return t.optionalExtensions.forEach(r), {
				extensions: n,
				restore: function() {
					Object.keys(n).forEach(function(e) {
						if (n[e] && !r(e)) throw Error("(regl): error restoring extension " + e);
					});
				}
			};
		}
		function Me(e, t) {
			for (var n = Array(e), r = 0; r < e; ++r) n[r] = t(r);
			return n;
		}
		var Ne = 5120, Pe = 5121, Fe = 5122, Ie = 5123, Le = 5124, Re = 5125, ze = 5126;
		function Be(e) {
			for (var t = 16; t <= 1 << 28; t *= 16) if (e <= t) return t;
			return 0;
		}
		function Ve(e) {
			var t = (e > 65535) << 4, n;
			return e >>>= t, n = (e > 255) << 3, e >>>= n, t |= n, n = (e > 15) << 2, e >>>= n, t |= n, n = (e > 3) << 1, e >>>= n, t |= n, t | e >> 1;
		}
		function Y() {
			var e = Me(8, function() {
				return [];
			});
			function t(t) {
				var n = Be(t), r = e[Ve(n) >> 2];
				return r.length > 0 ? r.pop() : new ArrayBuffer(n);
			}
			function n(t) {
				e[Ve(t.byteLength) >> 2].push(t);
			}
			function r(e, n) {
				var r = null;
				switch (e) {
					case Ne:
						r = new Int8Array(t(n), 0, n);
						break;
					case Pe:
						r = new Uint8Array(t(n), 0, n);
						break;
					case Fe:
						r = new Int16Array(t(2 * n), 0, n);
						break;
					case Ie:
						r = new Uint16Array(t(2 * n), 0, n);
						break;
					case Le:
						r = new Int32Array(t(4 * n), 0, n);
						break;
					case Re:
						r = new Uint32Array(t(4 * n), 0, n);
						break;
					case ze:
						r = new Float32Array(t(4 * n), 0, n);
						break;
					default: return null;
				}
				return r.length === n ? r : r.subarray(0, n);
			}
			function i(e) {
				n(e.buffer);
			}
			return {
				alloc: t,
				free: n,
				allocType: r,
				freeType: i
			};
		}
		var X = Y();
		X.zero = Y();
		var He = 3408, Ue = 3410, We = 3411, Ge = 3412, Ke = 3413, Z = 3414, qe = 3415, Je = 33901, Ye = 33902, Xe = 3379, Ze = 3386, Qe = 34921, $e = 36347, et = 36348, tt = 35661, nt = 35660, rt = 34930, it = 36349, at = 34076, ot = 34024, st = 7936, ct = 7937, lt = 7938, ut = 35724, dt = 34047, ft = 36063, pt = 34852, mt = 3553, ht = 34067, gt = 34069, _t = 33984, vt = 6408, yt = 5126, bt = 5121, xt = 36160, St = 36053, Ct = 36064, wt = 16384, Tt = function(e, t) {
			var n = 1;
			t.ext_texture_filter_anisotropic && (n = e.getParameter(dt));
			var r = 1, i = 1;
			t.webgl_draw_buffers && (r = e.getParameter(pt), i = e.getParameter(ft));
			var a = !!t.oes_texture_float;
			if (a) {
				var o = e.createTexture();
				e.bindTexture(mt, o), e.texImage2D(mt, 0, vt, 1, 1, 0, vt, yt, null);
				var s = e.createFramebuffer();
				if (e.bindFramebuffer(xt, s), e.framebufferTexture2D(xt, Ct, mt, o, 0), e.bindTexture(mt, null), e.checkFramebufferStatus(xt) !== St) a = !1;
				else {
					e.viewport(0, 0, 1, 1), e.clearColor(1, 0, 0, 1), e.clear(wt);
					var c = X.allocType(yt, 4);
					e.readPixels(0, 0, 1, 1, vt, yt, c), e.getError() ? a = !1 : (e.deleteFramebuffer(s), e.deleteTexture(o), a = c[0] === 1), X.freeType(c);
				}
			}
			var l = typeof navigator < "u" && (/MSIE/.test(navigator.userAgent) || /Trident\//.test(navigator.appVersion) || /Edge/.test(navigator.userAgent)), u = !0;
			if (!l) {
				var d = e.createTexture(), f = X.allocType(bt, 36);
				e.activeTexture(_t), e.bindTexture(ht, d), e.texImage2D(gt, 0, vt, 3, 3, 0, vt, bt, f), X.freeType(f), e.bindTexture(ht, null), e.deleteTexture(d), u = !e.getError();
			}
			return {
				colorBits: [
					e.getParameter(Ue),
					e.getParameter(We),
					e.getParameter(Ge),
					e.getParameter(Ke)
				],
				depthBits: e.getParameter(Z),
				stencilBits: e.getParameter(qe),
				subpixelBits: e.getParameter(He),
				extensions: Object.keys(t).filter(function(e) {
					return !!t[e];
				}),
				maxAnisotropic: n,
				maxDrawbuffers: r,
				maxColorAttachments: i,
				pointSizeDims: e.getParameter(Je),
				lineWidthDims: e.getParameter(Ye),
				maxViewportDims: e.getParameter(Ze),
				maxCombinedTextureUnits: e.getParameter(tt),
				maxCubeMapSize: e.getParameter(at),
				maxRenderbufferSize: e.getParameter(ot),
				maxTextureUnits: e.getParameter(rt),
				maxTextureSize: e.getParameter(Xe),
				maxAttributes: e.getParameter(Qe),
				maxVertexUniforms: e.getParameter($e),
				maxVertexTextureUnits: e.getParameter(nt),
				maxVaryingVectors: e.getParameter(et),
				maxFragmentUniforms: e.getParameter(it),
				glsl: e.getParameter(ut),
				renderer: e.getParameter(ct),
				vendor: e.getParameter(st),
				version: e.getParameter(lt),
				readFloat: a,
				npotTextureCube: u
			};
		};
		function Et(t) {
			return !!t && typeof t == "object" && Array.isArray(t.shape) && Array.isArray(t.stride) && typeof t.offset == "number" && t.shape.length === t.stride.length && (Array.isArray(t.data) || e(t.data));
		}
		var Dt = function(e) {
			return Object.keys(e).map(function(t) {
				return e[t];
			});
		}, Ot = {
			shape: Pt,
			flatten: Nt
		};
		function kt(e, t, n) {
			for (var r = 0; r < t; ++r) n[r] = e[r];
		}
		function At(e, t, n, r) {
			for (var i = 0, a = 0; a < t; ++a) for (var o = e[a], s = 0; s < n; ++s) r[i++] = o[s];
		}
		function jt(e, t, n, r, i, a) {
			for (var o = a, s = 0; s < t; ++s) for (var c = e[s], l = 0; l < n; ++l) for (var u = c[l], d = 0; d < r; ++d) i[o++] = u[d];
		}
		function Mt(e, t, n, r, i) {
			for (var a = 1, o = n + 1; o < t.length; ++o) a *= t[o];
			var s = t[n];
			if (t.length - n === 4) {
				var c = t[n + 1], l = t[n + 2], u = t[n + 3];
				for (o = 0; o < s; ++o) jt(e[o], c, l, u, r, i), i += a;
			} else for (o = 0; o < s; ++o) Mt(e[o], t, n + 1, r, i), i += a;
		}
		function Nt(e, t, n, r) {
			var i = 1;
			if (t.length) for (var a = 0; a < t.length; ++a) i *= t[a];
			else i = 0;
			var o = r || X.allocType(n, i);
			switch (t.length) {
				case 0: break;
				case 1:
					kt(e, t[0], o);
					break;
				case 2:
					At(e, t[0], t[1], o);
					break;
				case 3:
					jt(e, t[0], t[1], t[2], o, 0);
					break;
				default: Mt(e, t, 0, o, 0);
			}
			return o;
		}
		function Pt(e) {
			for (var t = [], n = e; n.length; n = n[0]) t.push(n.length);
			return t;
		}
		var Ft = {
			"[object Int8Array]": 5120,
			"[object Int16Array]": 5122,
			"[object Int32Array]": 5124,
			"[object Uint8Array]": 5121,
			"[object Uint8ClampedArray]": 5121,
			"[object Uint16Array]": 5123,
			"[object Uint32Array]": 5125,
			"[object Float32Array]": 5126,
			"[object Float64Array]": 5121,
			"[object ArrayBuffer]": 5121
		}, It = {
			int8: 5120,
			int16: 5122,
			int32: 5124,
			uint8: 5121,
			uint16: 5123,
			uint32: 5125,
			float: 5126,
			float32: 5126
		}, Lt = {
			dynamic: 35048,
			stream: 35040,
			static: 35044
		}, Rt = Ot.flatten, zt = Ot.shape, Bt = 35044, Vt = 35040, Ht = 5121, Ut = 5126, Wt = [];
		Wt[5120] = 1, Wt[5122] = 2, Wt[5124] = 4, Wt[5121] = 1, Wt[5123] = 2, Wt[5125] = 4, Wt[5126] = 4;
		function Gt(e) {
			return Ft[Object.prototype.toString.call(e)] | 0;
		}
		function Kt(e, t) {
			for (var n = 0; n < t.length; ++n) e[n] = t[n];
		}
		function qt(e, t, n, r, i, a, o) {
			for (var s = 0, c = 0; c < n; ++c) for (var l = 0; l < r; ++l) e[s++] = t[i * c + a * l + o];
		}
		function Jt(t, n, r, i) {
			var a = 0, o = {};
			function s(e) {
				this.id = a++, this.buffer = t.createBuffer(), this.type = e, this.usage = Bt, this.byteLength = 0, this.dimension = 1, this.dtype = Ht, this.persistentData = null, r.profile && (this.stats = { size: 0 });
			}
			s.prototype.bind = function() {
				t.bindBuffer(this.type, this.buffer);
			}, s.prototype.destroy = function() {
				p(this);
			};
			var c = [];
			function l(e, t) {
				var n = c.pop();
				return n ||= new s(e), n.bind(), f(n, t, Vt, 0, 1, !1), n;
			}
			function u(e) {
				c.push(e);
			}
			function d(e, n, r) {
				e.byteLength = n.byteLength, t.bufferData(e.type, n, r);
			}
			function f(t, n, r, i, a, o) {
				var s;
				if (t.usage = r, Array.isArray(n)) {
					if (t.dtype = i || Ut, n.length > 0) {
						var c;
						if (Array.isArray(n[0])) {
							s = zt(n);
							for (var l = 1, u = 1; u < s.length; ++u) l *= s[u];
							t.dimension = l, c = Rt(n, s, t.dtype), d(t, c, r), o ? t.persistentData = c : X.freeType(c);
						} else if (typeof n[0] == "number") {
							t.dimension = a;
							var f = X.allocType(t.dtype, n.length);
							Kt(f, n), d(t, f, r), o ? t.persistentData = f : X.freeType(f);
						} else e(n[0]) ? (t.dimension = n[0].length, t.dtype = i || Gt(n[0]) || Ut, c = Rt(n, [n.length, n[0].length], t.dtype), d(t, c, r), o ? t.persistentData = c : X.freeType(c)) : q.raise("invalid buffer data");
					}
				} else if (e(n)) t.dtype = i || Gt(n), t.dimension = a, d(t, n, r), o && (t.persistentData = new Uint8Array(new Uint8Array(n.buffer)));
				else if (Et(n)) {
					s = n.shape;
					var p = n.stride, m = n.offset, h = 0, g = 0, _ = 0, v = 0;
					s.length === 1 ? (h = s[0], g = 1, _ = p[0], v = 0) : s.length === 2 ? (h = s[0], g = s[1], _ = p[0], v = p[1]) : q.raise("invalid shape"), t.dtype = i || Gt(n.data) || Ut, t.dimension = g;
					var y = X.allocType(t.dtype, h * g);
					qt(y, n.data, h, g, _, v, m), d(t, y, r), o ? t.persistentData = y : X.freeType(y);
				} else n instanceof ArrayBuffer ? (t.dtype = Ht, t.dimension = a, d(t, n, r), o && (t.persistentData = new Uint8Array(new Uint8Array(n)))) : q.raise("invalid buffer data");
			}
			function p(e) {
				n.bufferCount--, i(e);
				var r = e.buffer;
				q(r, "buffer must not be deleted already"), t.deleteBuffer(r), e.buffer = null, delete o[e.id];
			}
			function m(i, a, c, l) {
				n.bufferCount++;
				var u = new s(a);
				o[u.id] = u;
				function d(n) {
					var i = Bt, a = null, o = 0, s = 0, c = 1;
					return Array.isArray(n) || e(n) || Et(n) || n instanceof ArrayBuffer ? a = n : typeof n == "number" ? o = n | 0 : n && (q.type(n, "object", "buffer arguments must be an object, a number or an array"), "data" in n && (q(a === null || Array.isArray(a) || e(a) || Et(a), "invalid data for buffer"), a = n.data), "usage" in n && (q.parameter(n.usage, Lt, "invalid buffer usage"), i = Lt[n.usage]), "type" in n && (q.parameter(n.type, It, "invalid buffer type"), s = It[n.type]), "dimension" in n && (q.type(n.dimension, "number", "invalid dimension"), c = n.dimension | 0), "length" in n && (q.nni(o, "buffer length must be a nonnegative integer"), o = n.length | 0)), u.bind(), a ? f(u, a, i, s, c, l) : (o && t.bufferData(u.type, o, i), u.dtype = s || Ht, u.usage = i, u.dimension = c, u.byteLength = o), r.profile && (u.stats.size = u.byteLength * Wt[u.dtype]), d;
				}
				function m(e, n) {
					q(n + e.byteLength <= u.byteLength, "invalid buffer subdata call, buffer is too small.  Can't write data of size " + e.byteLength + " starting from offset " + n + " to a buffer of size " + u.byteLength), t.bufferSubData(u.type, n, e);
				}
				function h(t, n) {
					var r = (n || 0) | 0, i;
					if (u.bind(), e(t) || t instanceof ArrayBuffer) m(t, r);
					else if (Array.isArray(t)) {
						if (t.length > 0) {
							if (typeof t[0] == "number") {
								var a = X.allocType(u.dtype, t.length);
								Kt(a, t), m(a, r), X.freeType(a);
							} else if (Array.isArray(t[0]) || e(t[0])) {
								i = zt(t);
								var o = Rt(t, i, u.dtype);
								m(o, r), X.freeType(o);
							} else q.raise("invalid buffer data");
						}
					} else if (Et(t)) {
						i = t.shape;
						var s = t.stride, c = 0, l = 0, f = 0, p = 0;
						i.length === 1 ? (c = i[0], l = 1, f = s[0], p = 0) : i.length === 2 ? (c = i[0], l = i[1], f = s[0], p = s[1]) : q.raise("invalid shape");
						var h = Array.isArray(t.data) ? u.dtype : Gt(t.data), g = X.allocType(h, c * l);
						qt(g, t.data, c, l, f, p, t.offset), m(g, r), X.freeType(g);
					} else q.raise("invalid data for buffer subdata");
					return d;
				}
				return c || d(i), d._reglType = "buffer", d._buffer = u, d.subdata = h, r.profile && (d.stats = u.stats), d.destroy = function() {
					p(u);
				}, d;
			}
			function h() {
				Dt(o).forEach(function(e) {
					e.buffer = t.createBuffer(), t.bindBuffer(e.type, e.buffer), t.bufferData(e.type, e.persistentData || e.byteLength, e.usage);
				});
			}
			return r.profile && (n.getTotalBufferSize = function() {
				var e = 0;
				return Object.keys(o).forEach(function(t) {
					e += o[t].stats.size;
				}), e;
			}), {
				create: m,
				createStream: l,
				destroyStream: u,
				clear: function() {
					Dt(o).forEach(p), c.forEach(p);
				},
				getBuffer: function(e) {
					return e && e._buffer instanceof s ? e._buffer : null;
				},
				restore: h,
				_initBuffer: f
			};
		}
		var Yt = {
			points: 0,
			point: 0,
			lines: 1,
			line: 1,
			triangles: 4,
			triangle: 4,
			"line loop": 2,
			"line strip": 3,
			"triangle strip": 5,
			"triangle fan": 6
		}, Xt = 0, Zt = 1, Qt = 4, $t = 5120, en = 5121, tn = 5122, nn = 5123, rn = 5124, an = 5125, on = 34963, sn = 35040, cn = 35044;
		function ln(t, n, r, i) {
			var a = {}, o = 0, s = {
				uint8: en,
				uint16: nn
			};
			n.oes_element_index_uint && (s.uint32 = an);
			function c(e) {
				this.id = o++, a[this.id] = this, this.buffer = e, this.primType = Qt, this.vertCount = 0, this.type = 0;
			}
			c.prototype.bind = function() {
				this.buffer.bind();
			};
			var l = [];
			function u(e) {
				var t = l.pop();
				return t ||= new c(r.create(null, on, !0, !1)._buffer), f(t, e, sn, -1, -1, 0, 0), t;
			}
			function d(e) {
				l.push(e);
			}
			function f(i, a, o, s, c, l, u) {
				i.buffer.bind();
				var d;
				if (a) {
					var f = u;
					!u && (!e(a) || Et(a) && !e(a.data)) && (f = n.oes_element_index_uint ? an : nn), r._initBuffer(i.buffer, a, o, f, 3);
				} else t.bufferData(on, l, o), i.buffer.dtype = d || en, i.buffer.usage = o, i.buffer.dimension = 3, i.buffer.byteLength = l;
				if (d = u, !u) {
					switch (i.buffer.dtype) {
						case en:
						case $t:
							d = en;
							break;
						case nn:
						case tn:
							d = nn;
							break;
						case an:
						case rn:
							d = an;
							break;
						default: q.raise("unsupported type for element array");
					}
					i.buffer.dtype = d;
				}
				i.type = d, q(d !== an || !!n.oes_element_index_uint, "32 bit element buffers not supported, enable oes_element_index_uint first");
				var p = c;
				p < 0 && (p = i.buffer.byteLength, d === nn ? p >>= 1 : d === an && (p >>= 2)), i.vertCount = p;
				var m = s;
				if (s < 0) {
					m = Qt;
					var h = i.buffer.dimension;
					h === 1 && (m = Xt), h === 2 && (m = Zt), h === 3 && (m = Qt);
				}
				i.primType = m;
			}
			function p(e) {
				i.elementsCount--, q(e.buffer !== null, "must not double destroy elements"), delete a[e.id], e.buffer.destroy(), e.buffer = null;
			}
			function m(t, n) {
				var a = r.create(null, on, !0), o = new c(a._buffer);
				i.elementsCount++;
				function l(t) {
					if (!t) a(), o.primType = Qt, o.vertCount = 0, o.type = en;
					else if (typeof t == "number") a(t), o.primType = Qt, o.vertCount = t | 0, o.type = en;
					else {
						var n = null, r = cn, i = -1, c = -1, u = 0, d = 0;
						Array.isArray(t) || e(t) || Et(t) ? n = t : (q.type(t, "object", "invalid arguments for elements"), "data" in t && (n = t.data, q(Array.isArray(n) || e(n) || Et(n), "invalid data for element buffer")), "usage" in t && (q.parameter(t.usage, Lt, "invalid element buffer usage"), r = Lt[t.usage]), "primitive" in t && (q.parameter(t.primitive, Yt, "invalid element buffer primitive"), i = Yt[t.primitive]), "count" in t && (q(typeof t.count == "number" && t.count >= 0, "invalid vertex count for elements"), c = t.count | 0), "type" in t && (q.parameter(t.type, s, "invalid buffer type"), d = s[t.type]), "length" in t ? u = t.length | 0 : (u = c, d === nn || d === tn ? u *= 2 : (d === an || d === rn) && (u *= 4))), f(o, n, r, i, c, u, d);
					}
					return l;
				}
				return l(t), l._reglType = "elements", l._elements = o, l.subdata = function(e, t) {
					return a.subdata(e, t), l;
				}, l.destroy = function() {
					p(o);
				}, l;
			}
			return {
				create: m,
				createStream: u,
				destroyStream: d,
				getElements: function(e) {
					return typeof e == "function" && e._elements instanceof c ? e._elements : null;
				},
				clear: function() {
					Dt(a).forEach(p);
				}
			};
		}
		var un = /* @__PURE__ */ new Float32Array(1), dn = new Uint32Array(un.buffer), fn = 5123;
		function pn(e) {
			for (var t = X.allocType(fn, e.length), n = 0; n < e.length; ++n) if (isNaN(e[n])) t[n] = 65535;
			else if (e[n] === Infinity) t[n] = 31744;
			else if (e[n] === -Infinity) t[n] = 64512;
			else {
				un[0] = e[n];
				var r = dn[0], i = r >>> 31 << 15, a = (r << 1 >>> 24) - 127, o = r >> 13 & 1023;
				if (a < -24) t[n] = i;
				else if (a < -14) {
					var s = -14 - a;
					t[n] = i + (o + 1024 >> s);
				} else a > 15 ? t[n] = i + 31744 : t[n] = i + (a + 15 << 10) + o;
			}
			return t;
		}
		function mn(t) {
			return Array.isArray(t) || e(t);
		}
		var hn = function(e) {
			return !(e & e - 1) && !!e;
		}, gn = 34467, _n = 3553, vn = 34067, yn = 34069, bn = 6408, xn = 6406, Sn = 6407, Cn = 6409, wn = 6410, Tn = 32854, En = 32855, Dn = 36194, On = 32819, kn = 32820, Q = 33635, An = 34042, jn = 6402, Mn = 34041, Nn = 35904, Pn = 35906, Fn = 36193, In = 33776, Ln = 33777, Rn = 33778, zn = 33779, Bn = 35986, Vn = 35987, Hn = 34798, Un = 35840, Wn = 35841, Gn = 35842, Kn = 35843, qn = 36196, Jn = 5121, Yn = 5123, Xn = 5125, Zn = 5126, Qn = 10242, $n = 10243, er = 10497, tr = 33071, nr = 33648, rr = 10240, ir = 10241, ar = 9728, or = 9729, sr = 9984, cr = 9985, lr = 9986, ur = 9987, dr = 33170, fr = 4352, pr = 4353, mr = 4354, hr = 34046, gr = 3317, _r = 37440, vr = 37441, yr = 37443, br = 37444, xr = 33984, Sr = [
			sr,
			lr,
			cr,
			ur
		], Cr = [
			0,
			Cn,
			wn,
			Sn,
			bn
		], wr = {};
		wr[Cn] = wr[xn] = wr[jn] = 1, wr[Mn] = wr[wn] = 2, wr[Sn] = wr[Nn] = 3, wr[bn] = wr[Pn] = 4;
		function Tr(e) {
			return "[object " + e + "]";
		}
		var Er = Tr("HTMLCanvasElement"), Dr = Tr("OffscreenCanvas"), Or = Tr("CanvasRenderingContext2D"), kr = Tr("ImageBitmap"), Ar = Tr("HTMLImageElement"), jr = Tr("HTMLVideoElement"), Mr = Object.keys(Ft).concat([
			Er,
			Dr,
			Or,
			kr,
			Ar,
			jr
		]), Nr = [];
		Nr[Jn] = 1, Nr[Zn] = 4, Nr[Fn] = 2, Nr[Yn] = 2, Nr[Xn] = 4;
		var Pr = [];
		Pr[Tn] = 2, Pr[En] = 2, Pr[Dn] = 2, Pr[Mn] = 4, Pr[In] = .5, Pr[Ln] = .5, Pr[Rn] = 1, Pr[zn] = 1, Pr[Bn] = .5, Pr[Vn] = 1, Pr[Hn] = 1, Pr[Un] = .5, Pr[Wn] = .25, Pr[Gn] = .5, Pr[Kn] = .25, Pr[qn] = .5;
		function Fr(e) {
			return Array.isArray(e) && (e.length === 0 || typeof e[0] == "number");
		}
		function Ir(e) {
			return !(!Array.isArray(e) || e.length === 0 || !mn(e[0]));
		}
		function Lr(e) {
			return Object.prototype.toString.call(e);
		}
		function Rr(e) {
			return Lr(e) === Er;
		}
		function zr(e) {
			return Lr(e) === Dr;
		}
		function Br(e) {
			return Lr(e) === Or;
		}
		function Vr(e) {
			return Lr(e) === kr;
		}
		function Hr(e) {
			return Lr(e) === Ar;
		}
		function Ur(e) {
			return Lr(e) === jr;
		}
		function Wr(e) {
			if (!e) return !1;
			var t = Lr(e);
			return Mr.indexOf(t) >= 0 || Fr(e) || Ir(e) || Et(e);
		}
		function Gr(e) {
			return Ft[Object.prototype.toString.call(e)] | 0;
		}
		function Kr(e, t) {
			var n = t.length;
			switch (e.type) {
				case Jn:
				case Yn:
				case Xn:
				case Zn:
					var r = X.allocType(e.type, n);
					r.set(t), e.data = r;
					break;
				case Fn:
					e.data = pn(t);
					break;
				default: q.raise("unsupported texture type, must specify a typed array");
			}
		}
		function qr(e, t) {
			return X.allocType(e.type === Fn ? Zn : e.type, t);
		}
		function Jr(e, t) {
			e.type === Fn ? (e.data = pn(t), X.freeType(t)) : e.data = t;
		}
		function Yr(e, t, n, r, i, a) {
			for (var o = e.width, s = e.height, c = e.channels, l = qr(e, o * s * c), u = 0, d = 0; d < s; ++d) for (var f = 0; f < o; ++f) for (var p = 0; p < c; ++p) l[u++] = t[n * f + r * d + i * p + a];
			Jr(e, l);
		}
		function Xr(e, t, n, r, i, a) {
			var o = Pr[e] === void 0 ? wr[e] * Nr[t] : Pr[e];
			if (a && (o *= 6), i) {
				for (var s = 0, c = n; c >= 1;) s += o * c * c, c /= 2;
				return s;
			}
			return o * n * r;
		}
		function Zr(n, r, i, a, o, s, c) {
			var l = {
				"don't care": fr,
				"dont care": fr,
				nice: mr,
				fast: pr
			}, u = {
				repeat: er,
				clamp: tr,
				mirror: nr
			}, d = {
				nearest: ar,
				linear: or
			}, f = t({
				mipmap: ur,
				"nearest mipmap nearest": sr,
				"linear mipmap nearest": cr,
				"nearest mipmap linear": lr,
				"linear mipmap linear": ur
			}, d), p = {
				none: 0,
				browser: br
			}, m = {
				uint8: Jn,
				rgba4: On,
				rgb565: Q,
				"rgb5 a1": kn
			}, h = {
				alpha: xn,
				luminance: Cn,
				"luminance alpha": wn,
				rgb: Sn,
				rgba: bn,
				rgba4: Tn,
				"rgb5 a1": En,
				rgb565: Dn
			}, g = {};
			r.ext_srgb && (h.srgb = Nn, h.srgba = Pn), r.oes_texture_float && (m.float32 = m.float = Zn), r.oes_texture_half_float && (m.float16 = m["half float"] = Fn), r.webgl_depth_texture && (t(h, {
				depth: jn,
				"depth stencil": Mn
			}), t(m, {
				uint16: Yn,
				uint32: Xn,
				"depth stencil": An
			})), r.webgl_compressed_texture_s3tc && t(g, {
				"rgb s3tc dxt1": In,
				"rgba s3tc dxt1": Ln,
				"rgba s3tc dxt3": Rn,
				"rgba s3tc dxt5": zn
			}), r.webgl_compressed_texture_atc && t(g, {
				"rgb atc": Bn,
				"rgba atc explicit alpha": Vn,
				"rgba atc interpolated alpha": Hn
			}), r.webgl_compressed_texture_pvrtc && t(g, {
				"rgb pvrtc 4bppv1": Un,
				"rgb pvrtc 2bppv1": Wn,
				"rgba pvrtc 4bppv1": Gn,
				"rgba pvrtc 2bppv1": Kn
			}), r.webgl_compressed_texture_etc1 && (g["rgb etc1"] = qn);
			var _ = Array.prototype.slice.call(n.getParameter(gn));
			Object.keys(g).forEach(function(e) {
				var t = g[e];
				_.indexOf(t) >= 0 && (h[e] = t);
			});
			var v = Object.keys(h);
			i.textureFormats = v;
			var y = [];
			Object.keys(h).forEach(function(e) {
				var t = h[e];
				y[t] = e;
			});
			var b = [];
			Object.keys(m).forEach(function(e) {
				var t = m[e];
				b[t] = e;
			});
			var x = [];
			Object.keys(d).forEach(function(e) {
				var t = d[e];
				x[t] = e;
			});
			var S = [];
			Object.keys(f).forEach(function(e) {
				var t = f[e];
				S[t] = e;
			});
			var C = [];
			Object.keys(u).forEach(function(e) {
				var t = u[e];
				C[t] = e;
			});
			var w = v.reduce(function(e, t) {
				var n = h[t];
				return e[n] = n === Cn || n === xn || n === Cn || n === wn || n === jn || n === Mn || r.ext_srgb && (n === Nn || n === Pn) ? n : n === En || t.indexOf("rgba") >= 0 ? bn : Sn, e;
			}, {});
			function T() {
				this.internalformat = bn, this.format = bn, this.type = Jn, this.compressed = !1, this.premultiplyAlpha = !1, this.flipY = !1, this.unpackAlignment = 1, this.colorSpace = br, this.width = 0, this.height = 0, this.channels = 0;
			}
			function E(e, t) {
				e.internalformat = t.internalformat, e.format = t.format, e.type = t.type, e.compressed = t.compressed, e.premultiplyAlpha = t.premultiplyAlpha, e.flipY = t.flipY, e.unpackAlignment = t.unpackAlignment, e.colorSpace = t.colorSpace, e.width = t.width, e.height = t.height, e.channels = t.channels;
			}
			function D(e, t) {
				if (typeof t == "object" && t) {
					if ("premultiplyAlpha" in t && (q.type(t.premultiplyAlpha, "boolean", "invalid premultiplyAlpha"), e.premultiplyAlpha = t.premultiplyAlpha), "flipY" in t && (q.type(t.flipY, "boolean", "invalid texture flip"), e.flipY = t.flipY), "alignment" in t && (q.oneOf(t.alignment, [
						1,
						2,
						4,
						8
					], "invalid texture unpack alignment"), e.unpackAlignment = t.alignment), "colorSpace" in t && (q.parameter(t.colorSpace, p, "invalid colorSpace"), e.colorSpace = p[t.colorSpace]), "type" in t) {
						var n = t.type;
						q(r.oes_texture_float || n !== "float" && n !== "float32", "you must enable the OES_texture_float extension in order to use floating point textures."), q(r.oes_texture_half_float || n !== "half float" && n !== "float16", "you must enable the OES_texture_half_float extension in order to use 16-bit floating point textures."), q(r.webgl_depth_texture || n !== "uint16" && n !== "uint32" && n !== "depth stencil", "you must enable the WEBGL_depth_texture extension in order to use depth/stencil textures."), q.parameter(n, m, "invalid texture type"), e.type = m[n];
					}
					var a = e.width, o = e.height, s = e.channels, c = !1;
					"shape" in t ? (q(Array.isArray(t.shape) && t.shape.length >= 2, "shape must be an array"), a = t.shape[0], o = t.shape[1], t.shape.length === 3 && (s = t.shape[2], q(s > 0 && s <= 4, "invalid number of channels"), c = !0), q(a >= 0 && a <= i.maxTextureSize, "invalid width"), q(o >= 0 && o <= i.maxTextureSize, "invalid height")) : ("radius" in t && (a = o = t.radius, q(a >= 0 && a <= i.maxTextureSize, "invalid radius")), "width" in t && (a = t.width, q(a >= 0 && a <= i.maxTextureSize, "invalid width")), "height" in t && (o = t.height, q(o >= 0 && o <= i.maxTextureSize, "invalid height")), "channels" in t && (s = t.channels, q(s > 0 && s <= 4, "invalid number of channels"), c = !0)), e.width = a | 0, e.height = o | 0, e.channels = s | 0;
					var l = !1;
					if ("format" in t) {
						var u = t.format;
						q(r.webgl_depth_texture || u !== "depth" && u !== "depth stencil", "you must enable the WEBGL_depth_texture extension in order to use depth/stencil textures."), q.parameter(u, h, "invalid texture format"), e.format = w[e.internalformat = h[u]], u in m && ("type" in t || (e.type = m[u])), u in g && (e.compressed = !0), l = !0;
					}
					!c && l ? e.channels = wr[e.format] : c && !l ? e.channels !== Cr[e.format] && (e.format = e.internalformat = Cr[e.channels]) : l && c && q(e.channels === wr[e.format], "number of channels inconsistent with specified format");
				}
			}
			function O(e) {
				n.pixelStorei(_r, e.flipY), n.pixelStorei(vr, e.premultiplyAlpha), n.pixelStorei(yr, e.colorSpace), n.pixelStorei(gr, e.unpackAlignment);
			}
			function k() {
				T.call(this), this.xOffset = 0, this.yOffset = 0, this.data = null, this.needsFree = !1, this.element = null, this.needsCopy = !1;
			}
			function A(t, n) {
				var r = null;
				if (Wr(n) ? r = n : n && (q.type(n, "object", "invalid pixel data type"), D(t, n), "x" in n && (t.xOffset = n.x | 0), "y" in n && (t.yOffset = n.y | 0), Wr(n.data) && (r = n.data)), q(!t.compressed || r instanceof Uint8Array, "compressed texture data must be stored in a uint8array"), n.copy) {
					q(!r, "can not specify copy and data field for the same texture");
					var a = o.viewportWidth, s = o.viewportHeight;
					t.width = t.width || a - t.xOffset, t.height = t.height || s - t.yOffset, t.needsCopy = !0, q(t.xOffset >= 0 && t.xOffset < a && t.yOffset >= 0 && t.yOffset < s && t.width > 0 && t.width <= a && t.height > 0 && t.height <= s, "copy texture read out of bounds");
				} else if (!r) t.width = t.width || 1, t.height = t.height || 1, t.channels = t.channels || 4;
				else if (e(r)) t.channels = t.channels || 4, t.data = r, !("type" in n) && t.type === Jn && (t.type = Gr(r));
				else if (Fr(r)) t.channels = t.channels || 4, Kr(t, r), t.alignment = 1, t.needsFree = !0;
				else if (Et(r)) {
					var c = r.data;
					!Array.isArray(c) && t.type === Jn && (t.type = Gr(c));
					var l = r.shape, u = r.stride, d, f, p, m, h, g;
					l.length === 3 ? (p = l[2], g = u[2]) : (q(l.length === 2, "invalid ndarray pixel data, must be 2 or 3D"), p = 1, g = 1), d = l[0], f = l[1], m = u[0], h = u[1], t.alignment = 1, t.width = d, t.height = f, t.channels = p, t.format = t.internalformat = Cr[p], t.needsFree = !0, Yr(t, c, m, h, g, r.offset);
				} else if (Rr(r) || zr(r) || Br(r)) t.element = Rr(r) || zr(r) ? r : r.canvas, t.width = t.element.width, t.height = t.element.height, t.channels = 4;
				else if (Vr(r)) t.element = r, t.width = r.width, t.height = r.height, t.channels = 4;
				else if (Hr(r)) t.element = r, t.width = r.naturalWidth, t.height = r.naturalHeight, t.channels = 4;
				else if (Ur(r)) t.element = r, t.width = r.videoWidth, t.height = r.videoHeight, t.channels = 4;
				else if (Ir(r)) {
					var _ = t.width || r[0].length, v = t.height || r.length, y = t.channels;
					mn(r[0][0]) ? y ||= r[0][0].length : y ||= 1;
					for (var b = Ot.shape(r), x = 1, S = 0; S < b.length; ++S) x *= b[S];
					var C = qr(t, x);
					Ot.flatten(r, b, "", C), Jr(t, C), t.alignment = 1, t.width = _, t.height = v, t.channels = y, t.format = t.internalformat = Cr[y], t.needsFree = !0;
				}
				t.type === Zn ? q(i.extensions.indexOf("oes_texture_float") >= 0, "oes_texture_float extension not enabled") : t.type === Fn && q(i.extensions.indexOf("oes_texture_half_float") >= 0, "oes_texture_half_float extension not enabled");
			}
			function j(e, t, r) {
				var i = e.element, o = e.data, s = e.internalformat, c = e.format, l = e.type, u = e.width, d = e.height;
				O(e), i ? n.texImage2D(t, r, c, c, l, i) : e.compressed ? n.compressedTexImage2D(t, r, s, u, d, 0, o) : e.needsCopy ? (a(), n.copyTexImage2D(t, r, c, e.xOffset, e.yOffset, u, d, 0)) : n.texImage2D(t, r, c, u, d, 0, c, l, o || null);
			}
			function M(e, t, r, i, o) {
				var s = e.element, c = e.data, l = e.internalformat, u = e.format, d = e.type, f = e.width, p = e.height;
				O(e), s ? n.texSubImage2D(t, o, r, i, u, d, s) : e.compressed ? n.compressedTexSubImage2D(t, o, r, i, l, f, p, c) : e.needsCopy ? (a(), n.copyTexSubImage2D(t, o, r, i, e.xOffset, e.yOffset, f, p)) : n.texSubImage2D(t, o, r, i, f, p, u, d, c);
			}
			var N = [];
			function P() {
				return N.pop() || new k();
			}
			function F(e) {
				e.needsFree && X.freeType(e.data), k.call(e), N.push(e);
			}
			function I() {
				T.call(this), this.genMipmaps = !1, this.mipmapHint = fr, this.mipmask = 0, this.images = Array(16);
			}
			function L(e, t, n) {
				var r = e.images[0] = P();
				e.mipmask = 1, r.width = e.width = t, r.height = e.height = n, r.channels = e.channels = 4;
			}
			function R(e, t) {
				var n = null;
				if (Wr(t)) n = e.images[0] = P(), E(n, e), A(n, t), e.mipmask = 1;
				else if (D(e, t), Array.isArray(t.mipmap)) for (var r = t.mipmap, i = 0; i < r.length; ++i) n = e.images[i] = P(), E(n, e), n.width >>= i, n.height >>= i, A(n, r[i]), e.mipmask |= 1 << i;
				else n = e.images[0] = P(), E(n, e), A(n, t), e.mipmask = 1;
				E(e, e.images[0]), e.compressed && (e.internalformat === In || e.internalformat === Ln || e.internalformat === Rn || e.internalformat === zn) && q(e.width % 4 == 0 && e.height % 4 == 0, "for compressed texture formats, mipmap level 0 must have width and height that are a multiple of 4");
			}
			function z(e, t) {
				for (var n = e.images, r = 0; r < n.length; ++r) {
					if (!n[r]) return;
					j(n[r], t, r);
				}
			}
			var B = [];
			function ee() {
				var e = B.pop() || new I();
				T.call(e), e.mipmask = 0;
				for (var t = 0; t < 16; ++t) e.images[t] = null;
				return e;
			}
			function V(e) {
				for (var t = e.images, n = 0; n < t.length; ++n) t[n] && F(t[n]), t[n] = null;
				B.push(e);
			}
			function te() {
				this.minFilter = ar, this.magFilter = ar, this.wrapS = tr, this.wrapT = tr, this.anisotropic = 1, this.genMipmaps = !1, this.mipmapHint = fr;
			}
			function ne(e, t) {
				if ("min" in t) {
					var n = t.min;
					q.parameter(n, f), e.minFilter = f[n], Sr.indexOf(e.minFilter) >= 0 && !("faces" in t) && (e.genMipmaps = !0);
				}
				if ("mag" in t) {
					var r = t.mag;
					q.parameter(r, d), e.magFilter = d[r];
				}
				var a = e.wrapS, o = e.wrapT;
				if ("wrap" in t) {
					var s = t.wrap;
					typeof s == "string" ? (q.parameter(s, u), a = o = u[s]) : Array.isArray(s) && (q.parameter(s[0], u), q.parameter(s[1], u), a = u[s[0]], o = u[s[1]]);
				} else {
					if ("wrapS" in t) {
						var c = t.wrapS;
						q.parameter(c, u), a = u[c];
					}
					if ("wrapT" in t) {
						var p = t.wrapT;
						q.parameter(p, u), o = u[p];
					}
				}
				if (e.wrapS = a, e.wrapT = o, "anisotropic" in t) {
					var m = t.anisotropic;
					q(typeof m == "number" && m >= 1 && m <= i.maxAnisotropic, "aniso samples must be between 1 and "), e.anisotropic = t.anisotropic;
				}
				if ("mipmap" in t) {
					var h = !1;
					switch (typeof t.mipmap) {
						case "string":
							q.parameter(t.mipmap, l, "invalid mipmap hint"), e.mipmapHint = l[t.mipmap], e.genMipmaps = !0, h = !0;
							break;
						case "boolean":
							h = e.genMipmaps = t.mipmap;
							break;
						case "object":
							q(Array.isArray(t.mipmap), "invalid mipmap type"), e.genMipmaps = !1, h = !0;
							break;
						default: q.raise("invalid mipmap type");
					}
					h && !("min" in t) && (e.minFilter = sr);
				}
			}
			function H(e, t) {
				n.texParameteri(t, ir, e.minFilter), n.texParameteri(t, rr, e.magFilter), n.texParameteri(t, Qn, e.wrapS), n.texParameteri(t, $n, e.wrapT), r.ext_texture_filter_anisotropic && n.texParameteri(t, hr, e.anisotropic), e.genMipmaps && (n.hint(dr, e.mipmapHint), n.generateMipmap(t));
			}
			var re = 0, U = {}, ie = i.maxTextureUnits, W = Array(ie).map(function() {
				return null;
			});
			function ae(e) {
				T.call(this), this.mipmask = 0, this.internalformat = bn, this.id = re++, this.refCount = 1, this.target = e, this.texture = n.createTexture(), this.unit = -1, this.bindCount = 0, this.texInfo = new te(), c.profile && (this.stats = { size: 0 });
			}
			function oe(e) {
				n.activeTexture(xr), n.bindTexture(e.target, e.texture);
			}
			function G() {
				var e = W[0];
				e ? n.bindTexture(e.target, e.texture) : n.bindTexture(_n, null);
			}
			function se(e) {
				var t = e.texture;
				q(t, "must not double destroy texture");
				var r = e.unit, i = e.target;
				r >= 0 && (n.activeTexture(xr + r), n.bindTexture(i, null), W[r] = null), n.deleteTexture(t), e.texture = null, e.params = null, e.pixels = null, e.refCount = 0, delete U[e.id], s.textureCount--;
			}
			t(ae.prototype, {
				bind: function() {
					var e = this;
					e.bindCount += 1;
					var t = e.unit;
					if (t < 0) {
						for (var r = 0; r < ie; ++r) {
							var i = W[r];
							if (i) {
								if (i.bindCount > 0) continue;
								i.unit = -1;
							}
							W[r] = e, t = r;
							break;
						}
						t >= ie && q.raise("insufficient number of texture units"), c.profile && s.maxTextureUnits < t + 1 && (s.maxTextureUnits = t + 1), e.unit = t, n.activeTexture(xr + t), n.bindTexture(e.target, e.texture);
					}
					return t;
				},
				unbind: function() {
					--this.bindCount;
				},
				decRef: function() {
					--this.refCount <= 0 && se(this);
				}
			});
			function ce(e, t) {
				var r = new ae(_n);
				U[r.id] = r, s.textureCount++;
				function a(e, t) {
					var n = r.texInfo;
					te.call(n);
					var o = ee();
					return typeof e == "number" ? typeof t == "number" ? L(o, e | 0, t | 0) : L(o, e | 0, e | 0) : e ? (q.type(e, "object", "invalid arguments to regl.texture"), ne(n, e), R(o, e)) : L(o, 1, 1), n.genMipmaps && (o.mipmask = (o.width << 1) - 1), r.mipmask = o.mipmask, E(r, o), q.texture2D(n, o, i), r.internalformat = o.internalformat, a.width = o.width, a.height = o.height, oe(r), z(o, _n), H(n, _n), G(), V(o), c.profile && (r.stats.size = Xr(r.internalformat, r.type, o.width, o.height, n.genMipmaps, !1)), a.format = y[r.internalformat], a.type = b[r.type], a.mag = x[n.magFilter], a.min = S[n.minFilter], a.wrapS = C[n.wrapS], a.wrapT = C[n.wrapT], a;
				}
				function o(e, t, n, i) {
					q(!!e, "must specify image data");
					var o = t | 0, s = n | 0, c = i | 0, l = P();
					return E(l, r), l.width = 0, l.height = 0, A(l, e), l.width = l.width || (r.width >> c) - o, l.height = l.height || (r.height >> c) - s, q(r.type === l.type && r.format === l.format && r.internalformat === l.internalformat, "incompatible format for texture.subimage"), q(o >= 0 && s >= 0 && o + l.width <= r.width && s + l.height <= r.height, "texture.subimage write out of bounds"), q(r.mipmask & 1 << c, "missing mipmap data"), q(l.data || l.element || l.needsCopy, "missing image data"), oe(r), M(l, _n, o, s, c), G(), F(l), a;
				}
				function l(e, t) {
					var i = e | 0, o = t | 0 || i;
					if (i === r.width && o === r.height) return a;
					a.width = r.width = i, a.height = r.height = o, oe(r);
					for (var s = 0; r.mipmask >> s; ++s) {
						var l = i >> s, u = o >> s;
						if (!l || !u) break;
						n.texImage2D(_n, s, r.format, l, u, 0, r.format, r.type, null);
					}
					return G(), c.profile && (r.stats.size = Xr(r.internalformat, r.type, i, o, !1, !1)), a;
				}
				return a(e, t), a.subimage = o, a.resize = l, a._reglType = "texture2d", a._texture = r, c.profile && (a.stats = r.stats), a.destroy = function() {
					r.decRef();
				}, a;
			}
			function K(e, t, r, a, o, l) {
				var u = new ae(vn);
				U[u.id] = u, s.cubeCount++;
				var d = [
					,
					,
					,
					,
					,
					,
				];
				function f(e, t, n, r, a, o) {
					var s, l = u.texInfo;
					for (te.call(l), s = 0; s < 6; ++s) d[s] = ee();
					if (typeof e == "number" || !e) {
						var p = e | 0 || 1;
						for (s = 0; s < 6; ++s) L(d[s], p, p);
					} else if (typeof e == "object") {
						if (t) R(d[0], e), R(d[1], t), R(d[2], n), R(d[3], r), R(d[4], a), R(d[5], o);
						else if (ne(l, e), D(u, e), "faces" in e) {
							var m = e.faces;
							for (q(Array.isArray(m) && m.length === 6, "cube faces must be a length 6 array"), s = 0; s < 6; ++s) q(typeof m[s] == "object" && !!m[s], "invalid input for cube map face"), E(d[s], u), R(d[s], m[s]);
						} else for (s = 0; s < 6; ++s) R(d[s], e);
					} else q.raise("invalid arguments to cube map");
					for (E(u, d[0]), q.optional(function() {
						i.npotTextureCube || q(hn(u.width) && hn(u.height), "your browser does not support non power or two texture dimensions");
					}), u.mipmask = l.genMipmaps ? (d[0].width << 1) - 1 : d[0].mipmask, q.textureCube(u, l, d, i), u.internalformat = d[0].internalformat, f.width = d[0].width, f.height = d[0].height, oe(u), s = 0; s < 6; ++s) z(d[s], yn + s);
					for (H(l, vn), G(), c.profile && (u.stats.size = Xr(u.internalformat, u.type, f.width, f.height, l.genMipmaps, !0)), f.format = y[u.internalformat], f.type = b[u.type], f.mag = x[l.magFilter], f.min = S[l.minFilter], f.wrapS = C[l.wrapS], f.wrapT = C[l.wrapT], s = 0; s < 6; ++s) V(d[s]);
					return f;
				}
				function p(e, t, n, r, i) {
					q(!!t, "must specify image data"), q(typeof e == "number" && e === (e | 0) && e >= 0 && e < 6, "invalid face");
					var a = n | 0, o = r | 0, s = i | 0, c = P();
					return E(c, u), c.width = 0, c.height = 0, A(c, t), c.width = c.width || (u.width >> s) - a, c.height = c.height || (u.height >> s) - o, q(u.type === c.type && u.format === c.format && u.internalformat === c.internalformat, "incompatible format for texture.subimage"), q(a >= 0 && o >= 0 && a + c.width <= u.width && o + c.height <= u.height, "texture.subimage write out of bounds"), q(u.mipmask & 1 << s, "missing mipmap data"), q(c.data || c.element || c.needsCopy, "missing image data"), oe(u), M(c, yn + e, a, o, s), G(), F(c), f;
				}
				function m(e) {
					var t = e | 0;
					if (t !== u.width) {
						f.width = u.width = t, f.height = u.height = t, oe(u);
						for (var r = 0; r < 6; ++r) for (var i = 0; u.mipmask >> i; ++i) n.texImage2D(yn + r, i, u.format, t >> i, t >> i, 0, u.format, u.type, null);
						return G(), c.profile && (u.stats.size = Xr(u.internalformat, u.type, f.width, f.height, !1, !0)), f;
					}
				}
				return f(e, t, r, a, o, l), f.subimage = p, f.resize = m, f._reglType = "textureCube", f._texture = u, c.profile && (f.stats = u.stats), f.destroy = function() {
					u.decRef();
				}, f;
			}
			function le() {
				for (var e = 0; e < ie; ++e) n.activeTexture(xr + e), n.bindTexture(_n, null), W[e] = null;
				Dt(U).forEach(se), s.cubeCount = 0, s.textureCount = 0;
			}
			c.profile && (s.getTotalTextureSize = function() {
				var e = 0;
				return Object.keys(U).forEach(function(t) {
					e += U[t].stats.size;
				}), e;
			});
			function ue() {
				for (var e = 0; e < ie; ++e) {
					var t = W[e];
					t && (t.bindCount = 0, t.unit = -1, W[e] = null);
				}
				Dt(U).forEach(function(e) {
					e.texture = n.createTexture(), n.bindTexture(e.target, e.texture);
					for (var t = 0; t < 32; ++t) if (e.mipmask & 1 << t) {
						if (e.target === _n) n.texImage2D(_n, t, e.internalformat, e.width >> t, e.height >> t, 0, e.internalformat, e.type, null);
						else for (var r = 0; r < 6; ++r) n.texImage2D(yn + r, t, e.internalformat, e.width >> t, e.height >> t, 0, e.internalformat, e.type, null);
					}
					H(e.texInfo, e.target);
				});
			}
			function J() {
				for (var e = 0; e < ie; ++e) {
					var t = W[e];
					t && (t.bindCount = 0, t.unit = -1, W[e] = null), n.activeTexture(xr + e), n.bindTexture(_n, null), n.bindTexture(vn, null);
				}
			}
			return {
				create2D: ce,
				createCube: K,
				clear: le,
				getTexture: function(e) {
					return null;
				},
				restore: ue,
				refresh: J
			};
		}
		var Qr = 36161, $r = 32854, ei = 32855, ti = 36194, ni = 33189, ri = 36168, ii = 34041, ai = 35907, oi = 34836, si = 34842, ci = 34843, li = [];
		li[$r] = 2, li[ei] = 2, li[ti] = 2, li[ni] = 2, li[ri] = 1, li[ii] = 4, li[ai] = 4, li[oi] = 16, li[si] = 8, li[ci] = 6;
		function ui(e, t, n) {
			return li[e] * t * n;
		}
		var di = function(e, t, n, r, i) {
			var a = {
				rgba4: $r,
				rgb565: ti,
				"rgb5 a1": ei,
				depth: ni,
				stencil: ri,
				"depth stencil": ii
			};
			t.ext_srgb && (a.srgba = ai), t.ext_color_buffer_half_float && (a.rgba16f = si, a.rgb16f = ci), t.webgl_color_buffer_float && (a.rgba32f = oi);
			var o = [];
			Object.keys(a).forEach(function(e) {
				var t = a[e];
				o[t] = e;
			});
			var s = 0, c = {};
			function l(e) {
				this.id = s++, this.refCount = 1, this.renderbuffer = e, this.format = $r, this.width = 0, this.height = 0, i.profile && (this.stats = { size: 0 });
			}
			l.prototype.decRef = function() {
				--this.refCount <= 0 && u(this);
			};
			function u(t) {
				var n = t.renderbuffer;
				q(n, "must not double destroy renderbuffer"), e.bindRenderbuffer(Qr, null), e.deleteRenderbuffer(n), t.renderbuffer = null, t.refCount = 0, delete c[t.id], r.renderbufferCount--;
			}
			function d(t, s) {
				var u = new l(e.createRenderbuffer());
				c[u.id] = u, r.renderbufferCount++;
				function d(t, r) {
					var s = 0, c = 0, l = $r;
					if (typeof t == "object" && t) {
						var f = t;
						if ("shape" in f) {
							var p = f.shape;
							q(Array.isArray(p) && p.length >= 2, "invalid renderbuffer shape"), s = p[0] | 0, c = p[1] | 0;
						} else "radius" in f && (s = c = f.radius | 0), "width" in f && (s = f.width | 0), "height" in f && (c = f.height | 0);
						"format" in f && (q.parameter(f.format, a, "invalid renderbuffer format"), l = a[f.format]);
					} else typeof t == "number" ? (s = t | 0, c = typeof r == "number" ? r | 0 : s) : t ? q.raise("invalid arguments to renderbuffer constructor") : s = c = 1;
					if (q(s > 0 && c > 0 && s <= n.maxRenderbufferSize && c <= n.maxRenderbufferSize, "invalid renderbuffer size"), s !== u.width || c !== u.height || l !== u.format) return d.width = u.width = s, d.height = u.height = c, u.format = l, e.bindRenderbuffer(Qr, u.renderbuffer), e.renderbufferStorage(Qr, l, s, c), q(e.getError() === 0, "invalid render buffer format"), i.profile && (u.stats.size = ui(u.format, u.width, u.height)), d.format = o[u.format], d;
				}
				function f(t, r) {
					var a = t | 0, o = r | 0 || a;
					return a === u.width && o === u.height || (q(a > 0 && o > 0 && a <= n.maxRenderbufferSize && o <= n.maxRenderbufferSize, "invalid renderbuffer size"), d.width = u.width = a, d.height = u.height = o, e.bindRenderbuffer(Qr, u.renderbuffer), e.renderbufferStorage(Qr, u.format, a, o), q(e.getError() === 0, "invalid render buffer format"), i.profile && (u.stats.size = ui(u.format, u.width, u.height))), d;
				}
				return d(t, s), d.resize = f, d._reglType = "renderbuffer", d._renderbuffer = u, i.profile && (d.stats = u.stats), d.destroy = function() {
					u.decRef();
				}, d;
			}
			i.profile && (r.getTotalRenderbufferSize = function() {
				var e = 0;
				return Object.keys(c).forEach(function(t) {
					e += c[t].stats.size;
				}), e;
			});
			function f() {
				Dt(c).forEach(function(t) {
					t.renderbuffer = e.createRenderbuffer(), e.bindRenderbuffer(Qr, t.renderbuffer), e.renderbufferStorage(Qr, t.format, t.width, t.height);
				}), e.bindRenderbuffer(Qr, null);
			}
			return {
				create: d,
				clear: function() {
					Dt(c).forEach(u);
				},
				restore: f
			};
		}, fi = 36160, pi = 36161, mi = 3553, hi = 34069, gi = 36064, _i = 36096, vi = 36128, yi = 33306, bi = 36053, xi = 36054, Si = 36055, Ci = 36057, wi = 36061, Ti = 36193, Ei = 5121, Di = 5126, Oi = 6407, ki = 6408, Ai = 6402, ji = [Oi, ki], Mi = [];
		Mi[ki] = 4, Mi[Oi] = 3;
		var Ni = [];
		Ni[Ei] = 1, Ni[Di] = 4, Ni[Ti] = 2;
		var Pi = 32854, Fi = 32855, Ii = 36194, Li = 33189, Ri = 36168, zi = 34041, Bi = [
			Pi,
			Fi,
			Ii,
			35907,
			34842,
			34843,
			34836
		], Vi = {};
		Vi[bi] = "complete", Vi[xi] = "incomplete attachment", Vi[Ci] = "incomplete dimensions", Vi[Si] = "incomplete, missing attachment", Vi[wi] = "unsupported";
		function Hi(e, n, r, i, a, o) {
			var s = {
				cur: null,
				next: null,
				dirty: !1,
				setFBO: null
			}, c = ["rgba"], l = [
				"rgba4",
				"rgb565",
				"rgb5 a1"
			];
			n.ext_srgb && l.push("srgba"), n.ext_color_buffer_half_float && l.push("rgba16f", "rgb16f"), n.webgl_color_buffer_float && l.push("rgba32f");
			var u = ["uint8"];
			n.oes_texture_half_float && u.push("half float", "float16"), n.oes_texture_float && u.push("float", "float32");
			function d(e, t, n) {
				this.target = e, this.texture = t, this.renderbuffer = n;
				var r = 0, i = 0;
				t ? (r = t.width, i = t.height) : n && (r = n.width, i = n.height), this.width = r, this.height = i;
			}
			function f(e) {
				e && (e.texture && e.texture._texture.decRef(), e.renderbuffer && e.renderbuffer._renderbuffer.decRef());
			}
			function p(e, t, n) {
				if (e) {
					if (e.texture) {
						var r = e.texture._texture, i = Math.max(1, r.width), a = Math.max(1, r.height);
						q(i === t && a === n, "inconsistent width/height for supplied texture"), r.refCount += 1;
					} else {
						var o = e.renderbuffer._renderbuffer;
						q(o.width === t && o.height === n, "inconsistent width/height for renderbuffer"), o.refCount += 1;
					}
				}
			}
			function m(t, n) {
				n && (n.texture ? e.framebufferTexture2D(fi, t, n.target, n.texture._texture.texture, 0) : e.framebufferRenderbuffer(fi, t, pi, n.renderbuffer._renderbuffer.renderbuffer));
			}
			function h(e) {
				var t = mi, n = null, r = null, i = e;
				typeof e == "object" && (i = e.data, "target" in e && (t = e.target | 0)), q.type(i, "function", "invalid attachment data");
				var a = i._reglType;
				return a === "texture2d" ? (n = i, q(t === mi)) : a === "textureCube" ? (n = i, q(t >= hi && t < hi + 6, "invalid cube map target")) : a === "renderbuffer" ? (r = i, t = pi) : q.raise("invalid regl object for attachment"), new d(t, n, r);
			}
			function g(e, t, n, r, o) {
				if (n) {
					var s = i.create2D({
						width: e,
						height: t,
						format: r,
						type: o
					});
					return s._texture.refCount = 0, new d(mi, s, null);
				}
				var c = a.create({
					width: e,
					height: t,
					format: r
				});
				return c._renderbuffer.refCount = 0, new d(pi, null, c);
			}
			function _(e) {
				return e && (e.texture || e.renderbuffer);
			}
			function v(e, t, n) {
				e && (e.texture ? e.texture.resize(t, n) : e.renderbuffer && e.renderbuffer.resize(t, n), e.width = t, e.height = n);
			}
			var y = 0, b = {};
			function x() {
				this.id = y++, b[this.id] = this, this.framebuffer = e.createFramebuffer(), this.width = 0, this.height = 0, this.colorAttachments = [], this.depthAttachment = null, this.stencilAttachment = null, this.depthStencilAttachment = null;
			}
			function S(e) {
				e.colorAttachments.forEach(f), f(e.depthAttachment), f(e.stencilAttachment), f(e.depthStencilAttachment);
			}
			function C(t) {
				var n = t.framebuffer;
				q(n, "must not double destroy framebuffer"), e.deleteFramebuffer(n), t.framebuffer = null, o.framebufferCount--, delete b[t.id];
			}
			function w(t) {
				var n;
				e.bindFramebuffer(fi, t.framebuffer);
				var i = t.colorAttachments;
				for (n = 0; n < i.length; ++n) m(gi + n, i[n]);
				for (n = i.length; n < r.maxColorAttachments; ++n) e.framebufferTexture2D(fi, gi + n, mi, null, 0);
				e.framebufferTexture2D(fi, yi, mi, null, 0), e.framebufferTexture2D(fi, _i, mi, null, 0), e.framebufferTexture2D(fi, vi, mi, null, 0), m(_i, t.depthAttachment), m(vi, t.stencilAttachment), m(yi, t.depthStencilAttachment);
				var a = e.checkFramebufferStatus(fi);
				!e.isContextLost() && a !== bi && q.raise("framebuffer configuration not supported, status = " + Vi[a]), e.bindFramebuffer(fi, s.next ? s.next.framebuffer : null), s.cur = s.next, e.getError();
			}
			function T(e, i) {
				var a = new x();
				o.framebufferCount++;
				function d(e, t) {
					var i;
					q(s.next !== a, "can not update framebuffer which is currently in use");
					var o = 0, f = 0, m = !0, v = !0, y = null, b = !0, x = "rgba", C = "uint8", T = 1, E = null, D = null, O = null, k = !1;
					if (typeof e == "number") o = e | 0, f = t | 0 || o;
					else if (!e) o = f = 1;
					else {
						q.type(e, "object", "invalid arguments for framebuffer");
						var A = e;
						if ("shape" in A) {
							var j = A.shape;
							q(Array.isArray(j) && j.length >= 2, "invalid shape for framebuffer"), o = j[0], f = j[1];
						} else "radius" in A && (o = f = A.radius), "width" in A && (o = A.width), "height" in A && (f = A.height);
						("color" in A || "colors" in A) && (y = A.color || A.colors, Array.isArray(y) && q(y.length === 1 || n.webgl_draw_buffers, "multiple render targets not supported")), y || ("colorCount" in A && (T = A.colorCount | 0, q(T > 0, "invalid color buffer count")), "colorTexture" in A && (b = !!A.colorTexture, x = "rgba4"), "colorType" in A && (C = A.colorType, b ? (q(n.oes_texture_float || C !== "float" && C !== "float32", "you must enable OES_texture_float in order to use floating point framebuffer objects"), q(n.oes_texture_half_float || C !== "half float" && C !== "float16", "you must enable OES_texture_half_float in order to use 16-bit floating point framebuffer objects")) : C === "half float" || C === "float16" ? (q(n.ext_color_buffer_half_float, "you must enable EXT_color_buffer_half_float to use 16-bit render buffers"), x = "rgba16f") : (C === "float" || C === "float32") && (q(n.webgl_color_buffer_float, "you must enable WEBGL_color_buffer_float in order to use 32-bit floating point renderbuffers"), x = "rgba32f"), q.oneOf(C, u, "invalid color type")), "colorFormat" in A && (x = A.colorFormat, c.indexOf(x) >= 0 ? b = !0 : l.indexOf(x) >= 0 ? b = !1 : q.optional(function() {
							b ? q.oneOf(A.colorFormat, c, "invalid color format for texture") : q.oneOf(A.colorFormat, l, "invalid color format for renderbuffer");
						}))), ("depthTexture" in A || "depthStencilTexture" in A) && (k = !!(A.depthTexture || A.depthStencilTexture), q(!k || n.webgl_depth_texture, "webgl_depth_texture extension not supported")), "depth" in A && (typeof A.depth == "boolean" ? m = A.depth : (E = A.depth, v = !1)), "stencil" in A && (typeof A.stencil == "boolean" ? v = A.stencil : (D = A.stencil, m = !1)), "depthStencil" in A && (typeof A.depthStencil == "boolean" ? m = v = A.depthStencil : (O = A.depthStencil, m = !1, v = !1));
					}
					var M = null, N = null, P = null, F = null;
					if (Array.isArray(y)) M = y.map(h);
					else if (y) M = [h(y)];
					else for (M = Array(T), i = 0; i < T; ++i) M[i] = g(o, f, b, x, C);
					q(n.webgl_draw_buffers || M.length <= 1, "you must enable the WEBGL_draw_buffers extension in order to use multiple color buffers."), q(M.length <= r.maxColorAttachments, "too many color attachments, not supported"), o ||= M[0].width, f ||= M[0].height, E ? N = h(E) : m && !v && (N = g(o, f, k, "depth", "uint32")), D ? P = h(D) : v && !m && (P = g(o, f, !1, "stencil", "uint8")), O ? F = h(O) : !E && !D && v && m && (F = g(o, f, k, "depth stencil", "depth stencil")), q(!!E + !!D + !!O <= 1, "invalid framebuffer configuration, can specify exactly one depth/stencil attachment");
					var I = null;
					for (i = 0; i < M.length; ++i) if (p(M[i], o, f), q(!M[i] || M[i].texture && ji.indexOf(M[i].texture._texture.format) >= 0 || M[i].renderbuffer && Bi.indexOf(M[i].renderbuffer._renderbuffer.format) >= 0, "framebuffer color attachment " + i + " is invalid"), M[i] && M[i].texture) {
						var L = Mi[M[i].texture._texture.format] * Ni[M[i].texture._texture.type];
						I === null ? I = L : q(I === L, "all color attachments much have the same number of bits per pixel.");
					}
					return p(N, o, f), q(!N || N.texture && N.texture._texture.format === Ai || N.renderbuffer && N.renderbuffer._renderbuffer.format === Li, "invalid depth attachment for framebuffer object"), p(P, o, f), q(!P || P.renderbuffer && P.renderbuffer._renderbuffer.format === Ri, "invalid stencil attachment for framebuffer object"), p(F, o, f), q(!F || F.texture && F.texture._texture.format === zi || F.renderbuffer && F.renderbuffer._renderbuffer.format === zi, "invalid depth-stencil attachment for framebuffer object"), S(a), a.width = o, a.height = f, a.colorAttachments = M, a.depthAttachment = N, a.stencilAttachment = P, a.depthStencilAttachment = F, d.color = M.map(_), d.depth = _(N), d.stencil = _(P), d.depthStencil = _(F), d.width = a.width, d.height = a.height, w(a), d;
				}
				function f(e, t) {
					q(s.next !== a, "can not resize a framebuffer which is currently in use");
					var n = Math.max(e | 0, 1), r = Math.max(t | 0 || n, 1);
					if (n === a.width && r === a.height) return d;
					for (var i = a.colorAttachments, o = 0; o < i.length; ++o) v(i[o], n, r);
					return v(a.depthAttachment, n, r), v(a.stencilAttachment, n, r), v(a.depthStencilAttachment, n, r), a.width = d.width = n, a.height = d.height = r, w(a), d;
				}
				return d(e, i), t(d, {
					resize: f,
					_reglType: "framebuffer",
					_framebuffer: a,
					destroy: function() {
						C(a), S(a);
					},
					use: function(e) {
						s.setFBO({ framebuffer: d }, e);
					}
				});
			}
			function E(e) {
				var a = [
					,
					,
					,
					,
					,
					,
				];
				function o(e) {
					var r;
					q(a.indexOf(s.next) < 0, "can not update framebuffer which is currently in use");
					var l = { color: null }, d = 0, f = null, p = "rgba", m = "uint8", h = 1;
					if (typeof e == "number") d = e | 0;
					else if (!e) d = 1;
					else {
						q.type(e, "object", "invalid arguments for framebuffer");
						var g = e;
						if ("shape" in g) {
							var _ = g.shape;
							q(Array.isArray(_) && _.length >= 2, "invalid shape for framebuffer"), q(_[0] === _[1], "cube framebuffer must be square"), d = _[0];
						} else "radius" in g && (d = g.radius | 0), "width" in g ? (d = g.width | 0, "height" in g && q(g.height === d, "must be square")) : "height" in g && (d = g.height | 0);
						("color" in g || "colors" in g) && (f = g.color || g.colors, Array.isArray(f) && q(f.length === 1 || n.webgl_draw_buffers, "multiple render targets not supported")), f || ("colorCount" in g && (h = g.colorCount | 0, q(h > 0, "invalid color buffer count")), "colorType" in g && (q.oneOf(g.colorType, u, "invalid color type"), m = g.colorType), "colorFormat" in g && (p = g.colorFormat, q.oneOf(g.colorFormat, c, "invalid color format for texture"))), "depth" in g && (l.depth = g.depth), "stencil" in g && (l.stencil = g.stencil), "depthStencil" in g && (l.depthStencil = g.depthStencil);
					}
					var v;
					if (f) {
						if (Array.isArray(f)) for (v = [], r = 0; r < f.length; ++r) v[r] = f[r];
						else v = [f];
					} else {
						v = Array(h);
						var y = {
							radius: d,
							format: p,
							type: m
						};
						for (r = 0; r < h; ++r) v[r] = i.createCube(y);
					}
					for (l.color = Array(v.length), r = 0; r < v.length; ++r) {
						var b = v[r];
						q(typeof b == "function" && b._reglType === "textureCube", "invalid cube map"), d ||= b.width, q(b.width === d && b.height === d, "invalid cube map shape"), l.color[r] = {
							target: hi,
							data: v[r]
						};
					}
					for (r = 0; r < 6; ++r) {
						for (var x = 0; x < v.length; ++x) l.color[x].target = hi + r;
						r > 0 && (l.depth = a[0].depth, l.stencil = a[0].stencil, l.depthStencil = a[0].depthStencil), a[r] ? a[r](l) : a[r] = T(l);
					}
					return t(o, {
						width: d,
						height: d,
						color: v
					});
				}
				function l(e) {
					var t, n = e | 0;
					if (q(n > 0 && n <= r.maxCubeMapSize, "invalid radius for cube fbo"), n === o.width) return o;
					var i = o.color;
					for (t = 0; t < i.length; ++t) i[t].resize(n);
					for (t = 0; t < 6; ++t) a[t].resize(n);
					return o.width = o.height = n, o;
				}
				return o(e), t(o, {
					faces: a,
					resize: l,
					_reglType: "framebufferCube",
					destroy: function() {
						a.forEach(function(e) {
							e.destroy();
						});
					}
				});
			}
			function D() {
				s.cur = null, s.next = null, s.dirty = !0, Dt(b).forEach(function(t) {
					t.framebuffer = e.createFramebuffer(), w(t);
				});
			}
			return t(s, {
				getFramebuffer: function(e) {
					if (typeof e == "function" && e._reglType === "framebuffer") {
						var t = e._framebuffer;
						if (t instanceof x) return t;
					}
					return null;
				},
				create: T,
				createCube: E,
				clear: function() {
					Dt(b).forEach(C);
				},
				restore: D
			});
		}
		var Ui = 5126, Wi = 34962, Gi = 34963, $ = [
			"attributes",
			"elements",
			"offset",
			"count",
			"primitive",
			"instances"
		];
		function Ki() {
			this.state = 0, this.x = 0, this.y = 0, this.z = 0, this.w = 0, this.buffer = null, this.size = 0, this.normalized = !1, this.type = Ui, this.offset = 0, this.stride = 0, this.divisor = 0;
		}
		function qi(t, n, r, i, a, o, s) {
			for (var c = r.maxAttributes, l = Array(c), u = 0; u < c; ++u) l[u] = new Ki();
			var d = 0, f = {}, p = {
				Record: Ki,
				scope: {},
				state: l,
				currentVAO: null,
				targetVAO: null,
				restore: h() ? S : function() {},
				createVAO: C,
				getVAO: _,
				destroyBuffer: m,
				setVAO: h() ? v : y,
				clear: h() ? b : function() {}
			};
			function m(e) {
				for (var n = 0; n < l.length; ++n) {
					var r = l[n];
					r.buffer === e && (t.disableVertexAttribArray(n), r.buffer = null);
				}
			}
			function h() {
				return n.oes_vertex_array_object;
			}
			function g() {
				return n.angle_instanced_arrays;
			}
			function _(e) {
				return typeof e == "function" && e._vao ? e._vao : null;
			}
			function v(e) {
				if (e !== p.currentVAO) {
					var t = h();
					e ? t.bindVertexArrayOES(e.vao) : t.bindVertexArrayOES(null), p.currentVAO = e;
				}
			}
			function y(e) {
				if (e !== p.currentVAO) {
					if (e) e.bindAttrs();
					else {
						for (var n = g(), r = 0; r < l.length; ++r) {
							var i = l[r];
							i.buffer ? (t.enableVertexAttribArray(r), i.buffer.bind(), t.vertexAttribPointer(r, i.size, i.type, i.normalized, i.stride, i.offfset), n && i.divisor && n.vertexAttribDivisorANGLE(r, i.divisor)) : (t.disableVertexAttribArray(r), t.vertexAttrib4f(r, i.x, i.y, i.z, i.w));
						}
						s.elements ? t.bindBuffer(Gi, s.elements.buffer.buffer) : t.bindBuffer(Gi, null);
					}
					p.currentVAO = e;
				}
			}
			function b() {
				Dt(f).forEach(function(e) {
					e.destroy();
				});
			}
			function x() {
				this.id = ++d, this.attributes = [], this.elements = null, this.ownsElements = !1, this.count = 0, this.offset = 0, this.instances = -1, this.primitive = 4;
				var e = h();
				this.vao = e ? e.createVertexArrayOES() : null, f[this.id] = this, this.buffers = [];
			}
			x.prototype.bindAttrs = function() {
				for (var e = g(), n = this.attributes, r = 0; r < n.length; ++r) {
					var i = n[r];
					i.buffer ? (t.enableVertexAttribArray(r), t.bindBuffer(Wi, i.buffer.buffer), t.vertexAttribPointer(r, i.size, i.type, i.normalized, i.stride, i.offset), e && i.divisor && e.vertexAttribDivisorANGLE(r, i.divisor)) : (t.disableVertexAttribArray(r), t.vertexAttrib4f(r, i.x, i.y, i.z, i.w));
				}
				for (var a = n.length; a < c; ++a) t.disableVertexAttribArray(a);
				var s = o.getElements(this.elements);
				s ? t.bindBuffer(Gi, s.buffer.buffer) : t.bindBuffer(Gi, null);
			}, x.prototype.refresh = function() {
				var e = h();
				e && (e.bindVertexArrayOES(this.vao), this.bindAttrs(), p.currentVAO = null, e.bindVertexArrayOES(null));
			}, x.prototype.destroy = function() {
				if (this.vao) {
					var e = h();
					this === p.currentVAO && (p.currentVAO = null, e.bindVertexArrayOES(null)), e.deleteVertexArrayOES(this.vao), this.vao = null;
				}
				this.ownsElements &&= (this.elements.destroy(), this.elements = null, !1), f[this.id] && (delete f[this.id], --i.vaoCount);
			};
			function S() {
				h() && Dt(f).forEach(function(e) {
					e.refresh();
				});
			}
			function C(t) {
				var r = new x();
				i.vaoCount += 1;
				function s(t) {
					var i;
					if (Array.isArray(t)) i = t, r.elements && r.ownsElements && r.elements.destroy(), r.elements = null, r.ownsElements = !1, r.offset = 0, r.count = 0, r.instances = -1, r.primitive = 4;
					else {
						if (q(typeof t == "object", "invalid arguments for create vao"), q("attributes" in t, "must specify attributes for vao"), t.elements) {
							var l = t.elements;
							r.ownsElements ? typeof l == "function" && l._reglType === "elements" ? (r.elements.destroy(), r.ownsElements = !1) : (r.elements(l), r.ownsElements = !1) : o.getElements(t.elements) ? (r.elements = t.elements, r.ownsElements = !1) : (r.elements = o.create(t.elements), r.ownsElements = !0);
						} else r.elements = null, r.ownsElements = !1;
						i = t.attributes, r.offset = 0, r.count = -1, r.instances = -1, r.primitive = 4, r.elements && (r.count = r.elements._elements.vertCount, r.primitive = r.elements._elements.primType), "offset" in t && (r.offset = t.offset | 0), "count" in t && (r.count = t.count | 0), "instances" in t && (r.instances = t.instances | 0), "primitive" in t && (q(t.primitive in Yt, "bad primitive type: " + t.primitive), r.primitive = Yt[t.primitive]), q.optional(() => {
							for (var e = Object.keys(t), n = 0; n < e.length; ++n) q($.indexOf(e[n]) >= 0, "invalid option for vao: \"" + e[n] + "\" valid options are " + $);
						}), q(Array.isArray(i), "attributes must be an array");
					}
					q(i.length < c, "too many attributes"), q(i.length > 0, "must specify at least one attribute");
					var u = {}, d = r.attributes;
					d.length = i.length;
					for (var f = 0; f < i.length; ++f) {
						var p = i[f], m = d[f] = new Ki(), h = p.data || p;
						if (Array.isArray(h) || e(h) || Et(h)) {
							var g;
							r.buffers[f] && (g = r.buffers[f], e(h) && g._buffer.byteLength >= h.byteLength ? g.subdata(h) : (g.destroy(), r.buffers[f] = null)), r.buffers[f] || (g = r.buffers[f] = a.create(p, Wi, !1, !0)), m.buffer = a.getBuffer(g), m.size = m.buffer.dimension | 0, m.normalized = !1, m.type = m.buffer.dtype, m.offset = 0, m.stride = 0, m.divisor = 0, m.state = 1, u[f] = 1;
						} else a.getBuffer(p) ? (m.buffer = a.getBuffer(p), m.size = m.buffer.dimension | 0, m.normalized = !1, m.type = m.buffer.dtype, m.offset = 0, m.stride = 0, m.divisor = 0, m.state = 1) : a.getBuffer(p.buffer) ? (m.buffer = a.getBuffer(p.buffer), m.size = (+p.size || m.buffer.dimension) | 0, m.normalized = !!p.normalized || !1, "type" in p ? (q.parameter(p.type, It, "invalid buffer type"), m.type = It[p.type]) : m.type = m.buffer.dtype, m.offset = (p.offset || 0) | 0, m.stride = (p.stride || 0) | 0, m.divisor = (p.divisor || 0) | 0, m.state = 1, q(m.size >= 1 && m.size <= 4, "size must be between 1 and 4"), q(m.offset >= 0, "invalid offset"), q(m.stride >= 0 && m.stride <= 255, "stride must be between 0 and 255"), q(m.divisor >= 0, "divisor must be positive"), q(!m.divisor || !!n.angle_instanced_arrays, "ANGLE_instanced_arrays must be enabled to use divisor")) : "x" in p ? (q(f > 0, "first attribute must not be a constant"), m.x = +p.x || 0, m.y = +p.y || 0, m.z = +p.z || 0, m.w = +p.w || 0, m.state = 2) : q(!1, "invalid attribute spec for location " + f);
					}
					for (var _ = 0; _ < r.buffers.length; ++_) !u[_] && r.buffers[_] && (r.buffers[_].destroy(), r.buffers[_] = null);
					return r.refresh(), s;
				}
				return s.destroy = function() {
					for (var e = 0; e < r.buffers.length; ++e) r.buffers[e] && r.buffers[e].destroy();
					r.buffers.length = 0, r.ownsElements &&= (r.elements.destroy(), r.elements = null, !1), r.destroy();
				}, s._vao = r, s._reglType = "vao", s(t);
			}
			return p;
		}
		var Ji = 35632, Yi = 35633, Xi = 35718, Zi = 35721;
		function Qi(e, n, r, i) {
			var a = {}, o = {};
			function s(e, t, n, r) {
				this.name = e, this.id = t, this.location = n, this.info = r;
			}
			function c(e, t) {
				for (var n = 0; n < e.length; ++n) if (e[n].id === t.id) {
					e[n].location = t.location;
					return;
				}
				e.push(t);
			}
			function l(t, r, i) {
				var s = t === Ji ? a : o, c = s[r];
				if (!c) {
					var l = n.str(r);
					c = e.createShader(t), e.shaderSource(c, l), e.compileShader(c), q.shaderError(e, c, l, t, i), s[r] = c;
				}
				return c;
			}
			var u = {}, d = [], f = 0;
			function p(e, t) {
				this.id = f++, this.fragId = e, this.vertId = t, this.program = null, this.uniforms = [], this.attributes = [], this.refCount = 1, i.profile && (this.stats = {
					uniformsCount: 0,
					attributesCount: 0
				});
			}
			function m(t, r, a) {
				var o, u, d = l(Ji, t.fragId), f = l(Yi, t.vertId), p = t.program = e.createProgram();
				if (e.attachShader(p, d), e.attachShader(p, f), a) for (o = 0; o < a.length; ++o) {
					var m = a[o];
					e.bindAttribLocation(p, m[0], m[1]);
				}
				e.linkProgram(p), q.linkError(e, p, n.str(t.fragId), n.str(t.vertId), r);
				var h = e.getProgramParameter(p, Xi);
				i.profile && (t.stats.uniformsCount = h);
				var g = t.uniforms;
				for (o = 0; o < h; ++o) if (u = e.getActiveUniform(p, o), u) {
					if (u.size > 1) for (var _ = 0; _ < u.size; ++_) {
						var v = u.name.replace("[0]", "[" + _ + "]");
						c(g, new s(v, n.id(v), e.getUniformLocation(p, v), u));
					}
					else c(g, new s(u.name, n.id(u.name), e.getUniformLocation(p, u.name), u));
				}
				var y = e.getProgramParameter(p, Zi);
				i.profile && (t.stats.attributesCount = y);
				var b = t.attributes;
				for (o = 0; o < y; ++o) u = e.getActiveAttrib(p, o), u && c(b, new s(u.name, n.id(u.name), e.getAttribLocation(p, u.name), u));
			}
			i.profile && (r.getMaxUniformsCount = function() {
				var e = 0;
				return d.forEach(function(t) {
					t.stats.uniformsCount > e && (e = t.stats.uniformsCount);
				}), e;
			}, r.getMaxAttributesCount = function() {
				var e = 0;
				return d.forEach(function(t) {
					t.stats.attributesCount > e && (e = t.stats.attributesCount);
				}), e;
			});
			function h() {
				a = {}, o = {};
				for (var e = 0; e < d.length; ++e) m(d[e], null, d[e].attributes.map(function(e) {
					return [e.location, e.name];
				}));
			}
			return {
				clear: function() {
					var t = e.deleteShader.bind(e);
					Dt(a).forEach(t), a = {}, Dt(o).forEach(t), o = {}, d.forEach(function(t) {
						e.deleteProgram(t.program);
					}), d.length = 0, u = {}, r.shaderCount = 0;
				},
				program: function(n, i, s, c) {
					q.command(n >= 0, "missing vertex shader", s), q.command(i >= 0, "missing fragment shader", s);
					var l = u[i];
					l ||= u[i] = {};
					var f = l[n];
					if (f && (f.refCount++, !c)) return f;
					var h = new p(i, n);
					return r.shaderCount++, m(h, s, c), f || (l[n] = h), d.push(h), t(h, { destroy: function() {
						if (h.refCount--, h.refCount <= 0) {
							e.deleteProgram(h.program);
							var t = d.indexOf(h);
							d.splice(t, 1), r.shaderCount--;
						}
						l[h.vertId].refCount <= 0 && (e.deleteShader(o[h.vertId]), delete o[h.vertId], delete u[h.fragId][h.vertId]), Object.keys(u[h.fragId]).length || (e.deleteShader(a[h.fragId]), delete a[h.fragId], delete u[h.fragId]);
					} });
				},
				restore: h,
				shader: l,
				frag: -1,
				vert: -1
			};
		}
		var $i = 6408, ea = 5121, ta = 3333, na = 5126;
		function ra(t, n, r, i, a, o, s) {
			function c(c) {
				var l;
				n.next === null ? (q(a.preserveDrawingBuffer, "you must create a webgl context with \"preserveDrawingBuffer\":true in order to read pixels from the drawing buffer"), l = ea) : (q(n.next.colorAttachments[0].texture !== null, "You cannot read from a renderbuffer"), l = n.next.colorAttachments[0].texture._texture.type, q.optional(function() {
					o.oes_texture_float ? (q(l === ea || l === na, "Reading from a framebuffer is only allowed for the types 'uint8' and 'float'"), l === na && q(s.readFloat, "Reading 'float' values is not permitted in your browser. For a fallback, please see: https://www.npmjs.com/package/glsl-read-float")) : q(l === ea, "Reading from a framebuffer is only allowed for the type 'uint8'");
				}));
				var u = 0, d = 0, f = i.framebufferWidth, p = i.framebufferHeight, m = null;
				e(c) ? m = c : c && (q.type(c, "object", "invalid arguments to regl.read()"), u = c.x | 0, d = c.y | 0, q(u >= 0 && u < i.framebufferWidth, "invalid x offset for regl.read"), q(d >= 0 && d < i.framebufferHeight, "invalid y offset for regl.read"), f = (c.width || i.framebufferWidth - u) | 0, p = (c.height || i.framebufferHeight - d) | 0, m = c.data || null), m && (l === ea ? q(m instanceof Uint8Array, "buffer must be 'Uint8Array' when reading from a framebuffer of type 'uint8'") : l === na && q(m instanceof Float32Array, "buffer must be 'Float32Array' when reading from a framebuffer of type 'float'")), q(f > 0 && f + u <= i.framebufferWidth, "invalid width for read pixels"), q(p > 0 && p + d <= i.framebufferHeight, "invalid height for read pixels"), r();
				var h = f * p * 4;
				return m || (l === ea ? m = new Uint8Array(h) : l === na && (m ||= new Float32Array(h))), q.isTypedArray(m, "data buffer for regl.read() must be a typedarray"), q(m.byteLength >= h, "data buffer for regl.read() too small"), t.pixelStorei(ta, 4), t.readPixels(u, d, f, p, $i, l, m), m;
			}
			function l(e) {
				var t;
				return n.setFBO({ framebuffer: e.framebuffer }, function() {
					t = c(e);
				}), t;
			}
			function u(e) {
				return !e || !("framebuffer" in e) ? c(e) : l(e);
			}
			return u;
		}
		function ia(e) {
			return Array.prototype.slice.call(e);
		}
		function aa(e) {
			return ia(e).join("");
		}
		function oa() {
			var e = 0, n = [], r = [];
			function i(t) {
				for (var i = 0; i < r.length; ++i) if (r[i] === t) return n[i];
				var a = "g" + e++;
				return n.push(a), r.push(t), a;
			}
			function a() {
				var n = [];
				function r() {
					n.push.apply(n, ia(arguments));
				}
				var i = [];
				function a() {
					var t = "v" + e++;
					return i.push(t), arguments.length > 0 && (n.push(t, "="), n.push.apply(n, ia(arguments)), n.push(";")), t;
				}
				return t(r, {
					def: a,
					toString: function() {
						return aa([i.length > 0 ? "var " + i.join(",") + ";" : "", aa(n)]);
					}
				});
			}
			function o() {
				var e = a(), n = a(), r = e.toString, i = n.toString;
				function o(t, r) {
					n(t, r, "=", e.def(t, r), ";");
				}
				return t(function() {
					e.apply(e, ia(arguments));
				}, {
					def: e.def,
					entry: e,
					exit: n,
					save: o,
					set: function(t, n, r) {
						o(t, n), e(t, n, "=", r, ";");
					},
					toString: function() {
						return r() + i();
					}
				});
			}
			function s() {
				var e = aa(arguments), n = o(), r = o(), i = n.toString, a = r.toString;
				return t(n, {
					then: function() {
						return n.apply(n, ia(arguments)), this;
					},
					else: function() {
						return r.apply(r, ia(arguments)), this;
					},
					toString: function() {
						var t = a();
						return t &&= "else{" + t + "}", aa([
							"if(",
							e,
							"){",
							i(),
							"}",
							t
						]);
					}
				});
			}
			var c = a(), l = {};
			function u(e, n) {
				var r = [];
				function i() {
					var e = "a" + r.length;
					return r.push(e), e;
				}
				n ||= 0;
				for (var a = 0; a < n; ++a) i();
				var s = o(), c = s.toString;
				return l[e] = t(s, {
					arg: i,
					toString: function() {
						return aa([
							"function(",
							r.join(),
							"){",
							c(),
							"}"
						]);
					}
				});
			}
			function d() {
				var e = [
					"\"use strict\";",
					c,
					"return {"
				];
				Object.keys(l).forEach(function(t) {
					e.push("\"", t, "\":", l[t].toString(), ",");
				}), e.push("}");
				var t = aa(e).replace(/;/g, ";\n").replace(/}/g, "}\n").replace(/{/g, "{\n");
				return Function.apply(null, n.concat(t)).apply(null, r);
			}
			return {
				global: c,
				link: i,
				block: a,
				proc: u,
				scope: o,
				cond: s,
				compile: d
			};
		}
		var sa = "xyzw".split(""), ca = 5121, la = 1, ua = 2, da = 0, fa = 1, pa = 2, ma = 3, ha = 4, ga = 5, _a = 6, va = "dither", ya = "blend.enable", ba = "blend.color", xa = "blend.equation", Sa = "blend.func", Ca = "depth.enable", wa = "depth.func", Ta = "depth.range", Ea = "depth.mask", Da = "colorMask", Oa = "cull.enable", ka = "cull.face", Aa = "frontFace", ja = "lineWidth", Ma = "polygonOffset.enable", Na = "polygonOffset.offset", Pa = "sample.alpha", Fa = "sample.enable", Ia = "sample.coverage", La = "stencil.enable", Ra = "stencil.mask", za = "stencil.func", Ba = "stencil.opFront", Va = "stencil.opBack", Ha = "scissor.enable", Ua = "scissor.box", Wa = "viewport", Ga = "profile", Ka = "framebuffer", qa = "vert", Ja = "frag", Ya = "elements", Xa = "primitive", Za = "count", Qa = "offset", $a = "instances", eo = "vao", to = "Width", no = "Height", ro = Ka + to, io = Ka + no, ao = Wa + to, oo = Wa + no, so = "drawingBuffer", co = so + to, lo = so + no, uo = [
			Sa,
			xa,
			za,
			Ba,
			Va,
			Ia,
			Wa,
			Ua,
			Na
		], fo = 34962, po = 34963, mo = 35632, ho = 35633, go = 3553, _o = 34067, vo = 2884, yo = 3042, bo = 3024, xo = 2960, So = 2929, Co = 3089, wo = 32823, To = 32926, Eo = 32928, Do = 5126, Oo = 35664, ko = 35665, Ao = 35666, jo = 5124, Mo = 35667, No = 35668, Po = 35669, Fo = 35670, Io = 35671, Lo = 35672, Ro = 35673, zo = 35674, Bo = 35675, Vo = 35676, Ho = 35678, Uo = 35680, Wo = 4, Go = 1028, Ko = 1029, qo = 2304, Jo = 2305, Yo = 32775, Xo = 32776, Zo = 519, Qo = 7680, $o = 0, es = 1, ts = 32774, ns = 513, rs = 36160, is = 36064, as = {
			0: 0,
			1: 1,
			zero: 0,
			one: 1,
			"src color": 768,
			"one minus src color": 769,
			"src alpha": 770,
			"one minus src alpha": 771,
			"dst color": 774,
			"one minus dst color": 775,
			"dst alpha": 772,
			"one minus dst alpha": 773,
			"constant color": 32769,
			"one minus constant color": 32770,
			"constant alpha": 32771,
			"one minus constant alpha": 32772,
			"src alpha saturate": 776
		}, os = [
			"constant color, constant alpha",
			"one minus constant color, constant alpha",
			"constant color, one minus constant alpha",
			"one minus constant color, one minus constant alpha",
			"constant alpha, constant color",
			"constant alpha, one minus constant color",
			"one minus constant alpha, constant color",
			"one minus constant alpha, one minus constant color"
		], ss = {
			never: 512,
			less: 513,
			"<": 513,
			equal: 514,
			"=": 514,
			"==": 514,
			"===": 514,
			lequal: 515,
			"<=": 515,
			greater: 516,
			">": 516,
			notequal: 517,
			"!=": 517,
			"!==": 517,
			gequal: 518,
			">=": 518,
			always: 519
		}, cs = {
			0: 0,
			zero: 0,
			keep: 7680,
			replace: 7681,
			increment: 7682,
			decrement: 7683,
			"increment wrap": 34055,
			"decrement wrap": 34056,
			invert: 5386
		}, ls = {
			frag: mo,
			vert: ho
		}, us = {
			cw: qo,
			ccw: Jo
		};
		function ds(t) {
			return Array.isArray(t) || e(t) || Et(t);
		}
		function fs(e) {
			return e.sort(function(e, t) {
				return e === Wa ? -1 : t === Wa ? 1 : e < t ? -1 : 1;
			});
		}
		function ps(e, t, n, r) {
			this.thisDep = e, this.contextDep = t, this.propDep = n, this.append = r;
		}
		function ms(e) {
			return e && !(e.thisDep || e.contextDep || e.propDep);
		}
		function hs(e) {
			return new ps(!1, !1, !1, e);
		}
		function gs(e, t) {
			var n = e.type;
			if (n === da) {
				var r = e.data.length;
				return new ps(!0, r >= 1, r >= 2, t);
			}
			if (n === ha) {
				var i = e.data;
				return new ps(i.thisDep, i.contextDep, i.propDep, t);
			}
			if (n === ga) return new ps(!1, !1, !1, t);
			if (n === _a) {
				for (var a = !1, o = !1, s = !1, c = 0; c < e.data.length; ++c) {
					var l = e.data[c];
					if (l.type === fa) s = !0;
					else if (l.type === pa) o = !0;
					else if (l.type === ma) a = !0;
					else if (l.type === da) {
						a = !0;
						var u = l.data;
						u >= 1 && (o = !0), u >= 2 && (s = !0);
					} else l.type === ha && (a ||= l.data.thisDep, o ||= l.data.contextDep, s ||= l.data.propDep);
				}
				return new ps(a, o, s, t);
			}
			return new ps(n === ma, n === pa, n === fa, t);
		}
		var _s = new ps(!1, !1, !1, function() {});
		function vs(e, n, r, i, a, o, s, c, l, u, d, f, p, m, h) {
			var g = u.Record, _ = {
				add: 32774,
				subtract: 32778,
				"reverse subtract": 32779
			};
			r.ext_blend_minmax && (_.min = Yo, _.max = Xo);
			var v = r.angle_instanced_arrays, y = r.webgl_draw_buffers, b = r.oes_vertex_array_object, x = {
				dirty: !0,
				profile: h.profile
			}, S = {}, C = [], w = {}, T = {};
			function E(e) {
				return e.replace(".", "_");
			}
			function D(e, t, n) {
				var r = E(e);
				C.push(e), S[r] = x[r] = !!n, w[r] = t;
			}
			function O(e, t, n) {
				var r = E(e);
				C.push(e), Array.isArray(n) ? (x[r] = n.slice(), S[r] = n.slice()) : x[r] = S[r] = n, T[r] = t;
			}
			D(va, bo), D(ya, yo), O(ba, "blendColor", [
				0,
				0,
				0,
				0
			]), O(xa, "blendEquationSeparate", [ts, ts]), O(Sa, "blendFuncSeparate", [
				es,
				$o,
				es,
				$o
			]), D(Ca, So, !0), O(wa, "depthFunc", ns), O(Ta, "depthRange", [0, 1]), O(Ea, "depthMask", !0), O(Da, Da, [
				!0,
				!0,
				!0,
				!0
			]), D(Oa, vo), O(ka, "cullFace", Ko), O(Aa, Aa, Jo), O(ja, ja, 1), D(Ma, wo), O(Na, "polygonOffset", [0, 0]), D(Pa, To), D(Fa, Eo), O(Ia, "sampleCoverage", [1, !1]), D(La, xo), O(Ra, "stencilMask", -1), O(za, "stencilFunc", [
				Zo,
				0,
				-1
			]), O(Ba, "stencilOpSeparate", [
				Go,
				Qo,
				Qo,
				Qo
			]), O(Va, "stencilOpSeparate", [
				Ko,
				Qo,
				Qo,
				Qo
			]), D(Ha, Co), O(Ua, "scissor", [
				0,
				0,
				e.drawingBufferWidth,
				e.drawingBufferHeight
			]), O(Wa, Wa, [
				0,
				0,
				e.drawingBufferWidth,
				e.drawingBufferHeight
			]);
			var k = {
				gl: e,
				context: p,
				strings: n,
				next: S,
				current: x,
				draw: f,
				elements: o,
				buffer: a,
				shader: d,
				attributes: u.state,
				vao: u,
				uniforms: l,
				framebuffer: c,
				extensions: r,
				timer: m,
				isBufferArgs: ds
			}, A = {
				primTypes: Yt,
				compareFuncs: ss,
				blendFuncs: as,
				blendEquations: _,
				stencilOps: cs,
				glTypes: It,
				orientationType: us
			};
			q.optional(function() {
				k.isArrayLike = mn;
			}), y && (A.backBuffer = [Ko], A.drawBuffer = Me(i.maxDrawbuffers, function(e) {
				return e === 0 ? [0] : Me(e, function(e) {
					return is + e;
				});
			}));
			var j = 0;
			function M() {
				var e = oa(), t = e.link, r = e.global;
				e.id = j++, e.batchId = "0";
				var i = t(k), a = e.shared = { props: "a0" };
				Object.keys(k).forEach(function(e) {
					a[e] = r.def(i, ".", e);
				}), q.optional(function() {
					e.CHECK = t(q), e.commandStr = q.guessCommand(), e.command = t(e.commandStr), e.assert = function(e, n, r) {
						e("if(!(", n, "))", this.CHECK, ".commandRaise(", t(r), ",", this.command, ");");
					}, A.invalidBlendCombinations = os;
				});
				var o = e.next = {}, s = e.current = {};
				Object.keys(T).forEach(function(e) {
					Array.isArray(x[e]) && (o[e] = r.def(a.next, ".", e), s[e] = r.def(a.current, ".", e));
				});
				var c = e.constants = {};
				Object.keys(A).forEach(function(e) {
					c[e] = r.def(JSON.stringify(A[e]));
				}), e.invoke = function(n, r) {
					switch (r.type) {
						case da:
							var i = [
								"this",
								a.context,
								a.props,
								e.batchId
							];
							return n.def(t(r.data), ".call(", i.slice(0, Math.max(r.data.length + 1, 4)), ")");
						case fa: return n.def(a.props, r.data);
						case pa: return n.def(a.context, r.data);
						case ma: return n.def("this", r.data);
						case ha: return r.data.append(e, n), r.data.ref;
						case ga: return r.data.toString();
						case _a: return r.data.map(function(t) {
							return e.invoke(n, t);
						});
					}
				}, e.attribCache = {};
				var l = {};
				return e.scopeAttrib = function(e) {
					var r = n.id(e);
					if (r in l) return l[r];
					var i = u.scope[r];
					return i ||= u.scope[r] = new g(), l[r] = t(i);
				}, e;
			}
			function N(e) {
				var t = e.static, n = e.dynamic, r;
				if (Ga in t) {
					var i = !!t[Ga];
					r = hs(function(e, t) {
						return i;
					}), r.enable = i;
				} else if (Ga in n) {
					var a = n[Ga];
					r = gs(a, function(e, t) {
						return e.invoke(t, a);
					});
				}
				return r;
			}
			function P(e, t) {
				var n = e.static, r = e.dynamic;
				if (Ka in n) {
					var i = n[Ka];
					return i ? (i = c.getFramebuffer(i), q.command(i, "invalid framebuffer object"), hs(function(e, t) {
						var n = e.link(i), r = e.shared;
						t.set(r.framebuffer, ".next", n);
						var a = r.context;
						return t.set(a, "." + ro, n + ".width"), t.set(a, "." + io, n + ".height"), n;
					})) : hs(function(e, t) {
						var n = e.shared;
						t.set(n.framebuffer, ".next", "null");
						var r = n.context;
						return t.set(r, "." + ro, r + "." + co), t.set(r, "." + io, r + "." + lo), "null";
					});
				}
				if (Ka in r) {
					var a = r[Ka];
					return gs(a, function(e, t) {
						var n = e.invoke(t, a), r = e.shared, i = r.framebuffer, o = t.def(i, ".getFramebuffer(", n, ")");
						q.optional(function() {
							e.assert(t, "!" + n + "||" + o, "invalid framebuffer object");
						}), t.set(i, ".next", o);
						var s = r.context;
						return t.set(s, "." + ro, o + "?" + o + ".width:" + s + "." + co), t.set(s, "." + io, o + "?" + o + ".height:" + s + "." + lo), o;
					});
				}
				return null;
			}
			function F(e, t, n) {
				var r = e.static, i = e.dynamic;
				function a(e) {
					if (e in r) {
						var a = r[e];
						q.commandType(a, "object", "invalid " + e, n.commandStr);
						var o = !0, s = a.x | 0, c = a.y | 0, l, u;
						return "width" in a ? (l = a.width | 0, q.command(l >= 0, "invalid " + e, n.commandStr)) : o = !1, "height" in a ? (u = a.height | 0, q.command(u >= 0, "invalid " + e, n.commandStr)) : o = !1, new ps(!o && t && t.thisDep, !o && t && t.contextDep, !o && t && t.propDep, function(e, t) {
							var n = e.shared.context, r = l;
							"width" in a || (r = t.def(n, ".", ro, "-", s));
							var i = u;
							return "height" in a || (i = t.def(n, ".", io, "-", c)), [
								s,
								c,
								r,
								i
							];
						});
					}
					if (e in i) {
						var d = i[e], f = gs(d, function(t, n) {
							var r = t.invoke(n, d);
							q.optional(function() {
								t.assert(n, r + "&&typeof " + r + "===\"object\"", "invalid " + e);
							});
							var i = t.shared.context, a = n.def(r, ".x|0"), o = n.def(r, ".y|0"), s = n.def("\"width\" in ", r, "?", r, ".width|0:", "(", i, ".", ro, "-", a, ")"), c = n.def("\"height\" in ", r, "?", r, ".height|0:", "(", i, ".", io, "-", o, ")");
							return q.optional(function() {
								t.assert(n, s + ">=0&&" + c + ">=0", "invalid " + e);
							}), [
								a,
								o,
								s,
								c
							];
						});
						return t && (f.thisDep = f.thisDep || t.thisDep, f.contextDep = f.contextDep || t.contextDep, f.propDep = f.propDep || t.propDep), f;
					}
					return t ? new ps(t.thisDep, t.contextDep, t.propDep, function(e, t) {
						var n = e.shared.context;
						return [
							0,
							0,
							t.def(n, ".", ro),
							t.def(n, ".", io)
						];
					}) : null;
				}
				var o = a(Wa);
				if (o) {
					var s = o;
					o = new ps(o.thisDep, o.contextDep, o.propDep, function(e, t) {
						var n = s.append(e, t), r = e.shared.context;
						return t.set(r, "." + ao, n[2]), t.set(r, "." + oo, n[3]), n;
					});
				}
				return {
					viewport: o,
					scissor_box: a(Ua)
				};
			}
			function I(e, t) {
				var n = e.static;
				if (typeof n[Ja] == "string" && typeof n[qa] == "string") {
					if (Object.keys(t.dynamic).length > 0) return null;
					var r = t.static, i = Object.keys(r);
					if (i.length > 0 && typeof r[i[0]] == "number") {
						for (var a = [], o = 0; o < i.length; ++o) q(typeof r[i[o]] == "number", "must specify all vertex attribute locations when using vaos"), a.push([r[i[o]] | 0, i[o]]);
						return a;
					}
				}
				return null;
			}
			function L(e, t, r) {
				var i = e.static, a = e.dynamic;
				function o(e) {
					if (e in i) {
						var t = n.id(i[e]);
						q.optional(function() {
							d.shader(ls[e], t, q.guessCommand());
						});
						var r = hs(function() {
							return t;
						});
						return r.id = t, r;
					}
					if (e in a) {
						var o = a[e];
						return gs(o, function(t, n) {
							var r = t.invoke(n, o), i = n.def(t.shared.strings, ".id(", r, ")");
							return q.optional(function() {
								n(t.shared.shader, ".shader(", ls[e], ",", i, ",", t.command, ");");
							}), i;
						});
					}
					return null;
				}
				var s = o(Ja), c = o(qa), l = null, u;
				return ms(s) && ms(c) ? (l = d.program(c.id, s.id, null, r), u = hs(function(e, t) {
					return e.link(l);
				})) : u = new ps(s && s.thisDep || c && c.thisDep, s && s.contextDep || c && c.contextDep, s && s.propDep || c && c.propDep, function(e, t) {
					var n = e.shared.shader, r = s ? s.append(e, t) : t.def(n, ".", Ja), i = c ? c.append(e, t) : t.def(n, ".", qa), a = n + ".program(" + i + "," + r;
					return q.optional(function() {
						a += "," + e.command;
					}), t.def(a + ")");
				}), {
					frag: s,
					vert: c,
					progVar: u,
					program: l
				};
			}
			function R(e, t) {
				var n = e.static, r = e.dynamic, i = {}, a = !1;
				function s() {
					if (eo in n) {
						var e = n[eo];
						return e !== null && u.getVAO(e) === null && (e = u.createVAO(e)), a = !0, i.vao = e, hs(function(t) {
							var n = u.getVAO(e);
							return n ? t.link(n) : "null";
						});
					}
					if (eo in r) {
						a = !0;
						var t = r[eo];
						return gs(t, function(e, n) {
							var r = e.invoke(n, t);
							return n.def(e.shared.vao + ".getVAO(" + r + ")");
						});
					}
					return null;
				}
				var c = s(), l = !1;
				function d() {
					if (Ya in n) {
						var e = n[Ya];
						if (i.elements = e, ds(e)) {
							var s = i.elements = o.create(e, !0);
							e = o.getElements(s), l = !0;
						} else e && (e = o.getElements(e), l = !0, q.command(e, "invalid elements", t.commandStr));
						var u = hs(function(t, n) {
							if (e) {
								var r = t.link(e);
								return t.ELEMENTS = r, r;
							}
							return t.ELEMENTS = null, null;
						});
						return u.value = e, u;
					}
					if (Ya in r) {
						l = !0;
						var d = r[Ya];
						return gs(d, function(e, t) {
							var n = e.shared, r = n.isBufferArgs, i = n.elements, a = e.invoke(t, d), o = t.def("null"), s = t.def(r, "(", a, ")"), c = e.cond(s).then(o, "=", i, ".createStream(", a, ");").else(o, "=", i, ".getElements(", a, ");");
							return q.optional(function() {
								e.assert(c.else, "!" + a + "||" + o, "invalid elements");
							}), t.entry(c), t.exit(e.cond(s).then(i, ".destroyStream(", o, ");")), e.ELEMENTS = o, o;
						});
					}
					return a ? new ps(c.thisDep, c.contextDep, c.propDep, function(e, t) {
						return t.def(e.shared.vao + ".currentVAO?" + e.shared.elements + ".getElements(" + e.shared.vao + ".currentVAO.elements):null");
					}) : null;
				}
				var f = d();
				function p() {
					if (Xa in n) {
						var e = n[Xa];
						return i.primitive = e, q.commandParameter(e, Yt, "invalid primitve", t.commandStr), hs(function(t, n) {
							return Yt[e];
						});
					}
					if (Xa in r) {
						var o = r[Xa];
						return gs(o, function(e, t) {
							var n = e.constants.primTypes, r = e.invoke(t, o);
							return q.optional(function() {
								e.assert(t, r + " in " + n, "invalid primitive, must be one of " + Object.keys(Yt));
							}), t.def(n, "[", r, "]");
						});
					}
					return l ? ms(f) ? f.value ? hs(function(e, t) {
						return t.def(e.ELEMENTS, ".primType");
					}) : hs(function() {
						return Wo;
					}) : new ps(f.thisDep, f.contextDep, f.propDep, function(e, t) {
						var n = e.ELEMENTS;
						return t.def(n, "?", n, ".primType:", Wo);
					}) : a ? new ps(c.thisDep, c.contextDep, c.propDep, function(e, t) {
						return t.def(e.shared.vao + ".currentVAO?" + e.shared.vao + ".currentVAO.primitive:" + Wo);
					}) : null;
				}
				function m(e, o) {
					if (e in n) {
						var s = n[e] | 0;
						return o ? i.offset = s : i.instances = s, q.command(!o || s >= 0, "invalid " + e, t.commandStr), hs(function(e, t) {
							return o && (e.OFFSET = s), s;
						});
					}
					if (e in r) {
						var u = r[e];
						return gs(u, function(t, n) {
							var r = t.invoke(n, u);
							return o && (t.OFFSET = r, q.optional(function() {
								t.assert(n, r + ">=0", "invalid " + e);
							})), r;
						});
					}
					if (o) {
						if (l) return hs(function(e, t) {
							return e.OFFSET = 0, 0;
						});
						if (a) return new ps(c.thisDep, c.contextDep, c.propDep, function(e, t) {
							return t.def(e.shared.vao + ".currentVAO?" + e.shared.vao + ".currentVAO.offset:0");
						});
					} else if (a) return new ps(c.thisDep, c.contextDep, c.propDep, function(e, t) {
						return t.def(e.shared.vao + ".currentVAO?" + e.shared.vao + ".currentVAO.instances:-1");
					});
					return null;
				}
				var h = m(Qa, !0);
				function g() {
					if (Za in n) {
						var e = n[Za] | 0;
						return i.count = e, q.command(typeof e == "number" && e >= 0, "invalid vertex count", t.commandStr), hs(function() {
							return e;
						});
					}
					if (Za in r) {
						var o = r[Za];
						return gs(o, function(e, t) {
							var n = e.invoke(t, o);
							return q.optional(function() {
								e.assert(t, "typeof " + n + "===\"number\"&&" + n + ">=0&&" + n + "===(" + n + "|0)", "invalid vertex count");
							}), n;
						});
					}
					if (l) {
						if (ms(f)) {
							if (f) return h ? new ps(h.thisDep, h.contextDep, h.propDep, function(e, t) {
								var n = t.def(e.ELEMENTS, ".vertCount-", e.OFFSET);
								return q.optional(function() {
									e.assert(t, n + ">=0", "invalid vertex offset/element buffer too small");
								}), n;
							}) : hs(function(e, t) {
								return t.def(e.ELEMENTS, ".vertCount");
							});
							var s = hs(function() {
								return -1;
							});
							return q.optional(function() {
								s.MISSING = !0;
							}), s;
						}
						var u = new ps(f.thisDep || h.thisDep, f.contextDep || h.contextDep, f.propDep || h.propDep, function(e, t) {
							var n = e.ELEMENTS;
							return e.OFFSET ? t.def(n, "?", n, ".vertCount-", e.OFFSET, ":-1") : t.def(n, "?", n, ".vertCount:-1");
						});
						return q.optional(function() {
							u.DYNAMIC = !0;
						}), u;
					}
					return a ? new ps(c.thisDep, c.contextDep, c.propDep, function(e, t) {
						return t.def(e.shared.vao, ".currentVAO?", e.shared.vao, ".currentVAO.count:-1");
					}) : null;
				}
				return {
					elements: f,
					primitive: p(),
					count: g(),
					instances: m($a, !1),
					offset: h,
					vao: c,
					vaoActive: a,
					elementsActive: l,
					static: i
				};
			}
			function z(e, t) {
				var n = e.static, r = e.dynamic, a = {};
				return C.forEach(function(e) {
					var o = E(e);
					function s(t, i) {
						if (e in n) {
							var s = t(n[e]);
							a[o] = hs(function() {
								return s;
							});
						} else if (e in r) {
							var c = r[e];
							a[o] = gs(c, function(e, t) {
								return i(e, t, e.invoke(t, c));
							});
						}
					}
					switch (e) {
						case Oa:
						case ya:
						case va:
						case La:
						case Ca:
						case Ha:
						case Ma:
						case Pa:
						case Fa:
						case Ea: return s(function(n) {
							return q.commandType(n, "boolean", e, t.commandStr), n;
						}, function(t, n, r) {
							return q.optional(function() {
								t.assert(n, "typeof " + r + "===\"boolean\"", "invalid flag " + e, t.commandStr);
							}), r;
						});
						case wa: return s(function(n) {
							return q.commandParameter(n, ss, "invalid " + e, t.commandStr), ss[n];
						}, function(t, n, r) {
							var i = t.constants.compareFuncs;
							return q.optional(function() {
								t.assert(n, r + " in " + i, "invalid " + e + ", must be one of " + Object.keys(ss));
							}), n.def(i, "[", r, "]");
						});
						case Ta: return s(function(e) {
							return q.command(mn(e) && e.length === 2 && typeof e[0] == "number" && typeof e[1] == "number" && e[0] <= e[1], "depth range is 2d array", t.commandStr), e;
						}, function(e, t, n) {
							return q.optional(function() {
								e.assert(t, e.shared.isArrayLike + "(" + n + ")&&" + n + ".length===2&&typeof " + n + "[0]===\"number\"&&typeof " + n + "[1]===\"number\"&&" + n + "[0]<=" + n + "[1]", "depth range must be a 2d array");
							}), [t.def("+", n, "[0]"), t.def("+", n, "[1]")];
						});
						case Sa: return s(function(e) {
							q.commandType(e, "object", "blend.func", t.commandStr);
							var n = "srcRGB" in e ? e.srcRGB : e.src, r = "srcAlpha" in e ? e.srcAlpha : e.src, i = "dstRGB" in e ? e.dstRGB : e.dst, a = "dstAlpha" in e ? e.dstAlpha : e.dst;
							return q.commandParameter(n, as, o + ".srcRGB", t.commandStr), q.commandParameter(r, as, o + ".srcAlpha", t.commandStr), q.commandParameter(i, as, o + ".dstRGB", t.commandStr), q.commandParameter(a, as, o + ".dstAlpha", t.commandStr), q.command(os.indexOf(n + ", " + i) === -1, "unallowed blending combination (srcRGB, dstRGB) = (" + n + ", " + i + ")", t.commandStr), [
								as[n],
								as[i],
								as[r],
								as[a]
							];
						}, function(t, n, r) {
							var i = t.constants.blendFuncs;
							q.optional(function() {
								t.assert(n, r + "&&typeof " + r + "===\"object\"", "invalid blend func, must be an object");
							});
							function a(a, o) {
								var s = n.def("\"", a, o, "\" in ", r, "?", r, ".", a, o, ":", r, ".", a);
								return q.optional(function() {
									t.assert(n, s + " in " + i, "invalid " + e + "." + a + o + ", must be one of " + Object.keys(as));
								}), s;
							}
							var o = a("src", "RGB"), s = a("dst", "RGB");
							q.optional(function() {
								var e = t.constants.invalidBlendCombinations;
								t.assert(n, e + ".indexOf(" + o + "+\", \"+" + s + ") === -1 ", "unallowed blending combination for (srcRGB, dstRGB)");
							});
							var c = n.def(i, "[", o, "]"), l = n.def(i, "[", a("src", "Alpha"), "]");
							return [
								c,
								n.def(i, "[", s, "]"),
								l,
								n.def(i, "[", a("dst", "Alpha"), "]")
							];
						});
						case xa: return s(function(n) {
							if (typeof n == "string") return q.commandParameter(n, _, "invalid " + e, t.commandStr), [_[n], _[n]];
							if (typeof n == "object") return q.commandParameter(n.rgb, _, e + ".rgb", t.commandStr), q.commandParameter(n.alpha, _, e + ".alpha", t.commandStr), [_[n.rgb], _[n.alpha]];
							q.commandRaise("invalid blend.equation", t.commandStr);
						}, function(t, n, r) {
							var i = t.constants.blendEquations, a = n.def(), o = n.def(), s = t.cond("typeof ", r, "===\"string\"");
							return q.optional(function() {
								function n(e, n, r) {
									t.assert(e, r + " in " + i, "invalid " + n + ", must be one of " + Object.keys(_));
								}
								n(s.then, e, r), t.assert(s.else, r + "&&typeof " + r + "===\"object\"", "invalid " + e), n(s.else, e + ".rgb", r + ".rgb"), n(s.else, e + ".alpha", r + ".alpha");
							}), s.then(a, "=", o, "=", i, "[", r, "];"), s.else(a, "=", i, "[", r, ".rgb];", o, "=", i, "[", r, ".alpha];"), n(s), [a, o];
						});
						case ba: return s(function(e) {
							return q.command(mn(e) && e.length === 4, "blend.color must be a 4d array", t.commandStr), Me(4, function(t) {
								return +e[t];
							});
						}, function(e, t, n) {
							return q.optional(function() {
								e.assert(t, e.shared.isArrayLike + "(" + n + ")&&" + n + ".length===4", "blend.color must be a 4d array");
							}), Me(4, function(e) {
								return t.def("+", n, "[", e, "]");
							});
						});
						case Ra: return s(function(e) {
							return q.commandType(e, "number", o, t.commandStr), e | 0;
						}, function(e, t, n) {
							return q.optional(function() {
								e.assert(t, "typeof " + n + "===\"number\"", "invalid stencil.mask");
							}), t.def(n, "|0");
						});
						case za: return s(function(n) {
							q.commandType(n, "object", o, t.commandStr);
							var r = n.cmp || "keep", i = n.ref || 0, a = "mask" in n ? n.mask : -1;
							return q.commandParameter(r, ss, e + ".cmp", t.commandStr), q.commandType(i, "number", e + ".ref", t.commandStr), q.commandType(a, "number", e + ".mask", t.commandStr), [
								ss[r],
								i,
								a
							];
						}, function(e, t, n) {
							var r = e.constants.compareFuncs;
							return q.optional(function() {
								function i() {
									e.assert(t, Array.prototype.join.call(arguments, ""), "invalid stencil.func");
								}
								i(n + "&&typeof ", n, "===\"object\""), i("!(\"cmp\" in ", n, ")||(", n, ".cmp in ", r, ")");
							}), [
								t.def("\"cmp\" in ", n, "?", r, "[", n, ".cmp]", ":", Qo),
								t.def(n, ".ref|0"),
								t.def("\"mask\" in ", n, "?", n, ".mask|0:-1")
							];
						});
						case Ba:
						case Va: return s(function(n) {
							q.commandType(n, "object", o, t.commandStr);
							var r = n.fail || "keep", i = n.zfail || "keep", a = n.zpass || "keep";
							return q.commandParameter(r, cs, e + ".fail", t.commandStr), q.commandParameter(i, cs, e + ".zfail", t.commandStr), q.commandParameter(a, cs, e + ".zpass", t.commandStr), [
								e === Va ? Ko : Go,
								cs[r],
								cs[i],
								cs[a]
							];
						}, function(t, n, r) {
							var i = t.constants.stencilOps;
							q.optional(function() {
								t.assert(n, r + "&&typeof " + r + "===\"object\"", "invalid " + e);
							});
							function a(a) {
								return q.optional(function() {
									t.assert(n, "!(\"" + a + "\" in " + r + ")||(" + r + "." + a + " in " + i + ")", "invalid " + e + "." + a + ", must be one of " + Object.keys(cs));
								}), n.def("\"", a, "\" in ", r, "?", i, "[", r, ".", a, "]:", Qo);
							}
							return [
								e === Va ? Ko : Go,
								a("fail"),
								a("zfail"),
								a("zpass")
							];
						});
						case Na: return s(function(e) {
							q.commandType(e, "object", o, t.commandStr);
							var n = e.factor | 0, r = e.units | 0;
							return q.commandType(n, "number", o + ".factor", t.commandStr), q.commandType(r, "number", o + ".units", t.commandStr), [n, r];
						}, function(t, n, r) {
							return q.optional(function() {
								t.assert(n, r + "&&typeof " + r + "===\"object\"", "invalid " + e);
							}), [n.def(r, ".factor|0"), n.def(r, ".units|0")];
						});
						case ka: return s(function(e) {
							var n = 0;
							return e === "front" ? n = Go : e === "back" && (n = Ko), q.command(!!n, o, t.commandStr), n;
						}, function(e, t, n) {
							return q.optional(function() {
								e.assert(t, n + "===\"front\"||" + n + "===\"back\"", "invalid cull.face");
							}), t.def(n, "===\"front\"?", Go, ":", Ko);
						});
						case ja: return s(function(e) {
							return q.command(typeof e == "number" && e >= i.lineWidthDims[0] && e <= i.lineWidthDims[1], "invalid line width, must be a positive number between " + i.lineWidthDims[0] + " and " + i.lineWidthDims[1], t.commandStr), e;
						}, function(e, t, n) {
							return q.optional(function() {
								e.assert(t, "typeof " + n + "===\"number\"&&" + n + ">=" + i.lineWidthDims[0] + "&&" + n + "<=" + i.lineWidthDims[1], "invalid line width");
							}), n;
						});
						case Aa: return s(function(e) {
							return q.commandParameter(e, us, o, t.commandStr), us[e];
						}, function(e, t, n) {
							return q.optional(function() {
								e.assert(t, n + "===\"cw\"||" + n + "===\"ccw\"", "invalid frontFace, must be one of cw,ccw");
							}), t.def(n + "===\"cw\"?" + qo + ":" + Jo);
						});
						case Da: return s(function(e) {
							return q.command(mn(e) && e.length === 4, "color.mask must be length 4 array", t.commandStr), e.map(function(e) {
								return !!e;
							});
						}, function(e, t, n) {
							return q.optional(function() {
								e.assert(t, e.shared.isArrayLike + "(" + n + ")&&" + n + ".length===4", "invalid color.mask");
							}), Me(4, function(e) {
								return "!!" + n + "[" + e + "]";
							});
						});
						case Ia: return s(function(e) {
							q.command(typeof e == "object" && e, o, t.commandStr);
							var n = "value" in e ? e.value : 1, r = !!e.invert;
							return q.command(typeof n == "number" && n >= 0 && n <= 1, "sample.coverage.value must be a number between 0 and 1", t.commandStr), [n, r];
						}, function(e, t, n) {
							return q.optional(function() {
								e.assert(t, n + "&&typeof " + n + "===\"object\"", "invalid sample.coverage");
							}), [t.def("\"value\" in ", n, "?+", n, ".value:1"), t.def("!!", n, ".invert")];
						});
					}
				}), a;
			}
			function B(e, t) {
				var n = e.static, r = e.dynamic, i = {};
				return Object.keys(n).forEach(function(e) {
					var r = n[e], a;
					if (typeof r == "number" || typeof r == "boolean") a = hs(function() {
						return r;
					});
					else if (typeof r == "function") {
						var o = r._reglType;
						o === "texture2d" || o === "textureCube" ? a = hs(function(e) {
							return e.link(r);
						}) : o === "framebuffer" || o === "framebufferCube" ? (q.command(r.color.length > 0, "missing color attachment for framebuffer sent to uniform \"" + e + "\"", t.commandStr), a = hs(function(e) {
							return e.link(r.color[0]);
						})) : q.commandRaise("invalid data for uniform \"" + e + "\"", t.commandStr);
					} else mn(r) ? a = hs(function(t) {
						return t.global.def("[", Me(r.length, function(n) {
							return q.command(typeof r[n] == "number" || typeof r[n] == "boolean", "invalid uniform " + e, t.commandStr), r[n];
						}), "]");
					}) : q.commandRaise("invalid or missing data for uniform \"" + e + "\"", t.commandStr);
					a.value = r, i[e] = a;
				}), Object.keys(r).forEach(function(e) {
					var t = r[e];
					i[e] = gs(t, function(e, n) {
						return e.invoke(n, t);
					});
				}), i;
			}
			function ee(e, t) {
				var r = e.static, i = e.dynamic, o = {};
				return Object.keys(r).forEach(function(e) {
					var i = r[e], s = n.id(e), c = new g();
					if (ds(i)) c.state = la, c.buffer = a.getBuffer(a.create(i, fo, !1, !0)), c.type = 0;
					else {
						var l = a.getBuffer(i);
						if (l) c.state = la, c.buffer = l, c.type = 0;
						else if (q.command(typeof i == "object" && i, "invalid data for attribute " + e, t.commandStr), "constant" in i) {
							var u = i.constant;
							c.buffer = "null", c.state = ua, typeof u == "number" ? c.x = u : (q.command(mn(u) && u.length > 0 && u.length <= 4, "invalid constant for attribute " + e, t.commandStr), sa.forEach(function(e, t) {
								t < u.length && (c[e] = u[t]);
							}));
						} else {
							l = ds(i.buffer) ? a.getBuffer(a.create(i.buffer, fo, !1, !0)) : a.getBuffer(i.buffer), q.command(!!l, "missing buffer for attribute \"" + e + "\"", t.commandStr);
							var d = i.offset | 0;
							q.command(d >= 0, "invalid offset for attribute \"" + e + "\"", t.commandStr);
							var f = i.stride | 0;
							q.command(f >= 0 && f < 256, "invalid stride for attribute \"" + e + "\", must be integer betweeen [0, 255]", t.commandStr);
							var p = i.size | 0;
							q.command(!("size" in i) || p > 0 && p <= 4, "invalid size for attribute \"" + e + "\", must be 1,2,3,4", t.commandStr);
							var m = !!i.normalized, h = 0;
							"type" in i && (q.commandParameter(i.type, It, "invalid type for attribute " + e, t.commandStr), h = It[i.type]);
							var _ = i.divisor | 0;
							q.optional(function() {
								"divisor" in i && (q.command(_ === 0 || v, "cannot specify divisor for attribute \"" + e + "\", instancing not supported", t.commandStr), q.command(_ >= 0, "invalid divisor for attribute \"" + e + "\"", t.commandStr));
								var n = t.commandStr, r = [
									"buffer",
									"offset",
									"divisor",
									"normalized",
									"type",
									"size",
									"stride"
								];
								Object.keys(i).forEach(function(t) {
									q.command(r.indexOf(t) >= 0, "unknown parameter \"" + t + "\" for attribute pointer \"" + e + "\" (valid parameters are " + r + ")", n);
								});
							}), c.buffer = l, c.state = la, c.size = p, c.normalized = m, c.type = h || l.dtype, c.offset = d, c.stride = f, c.divisor = _;
						}
					}
					o[e] = hs(function(e, t) {
						var n = e.attribCache;
						if (s in n) return n[s];
						var r = { isStream: !1 };
						return Object.keys(c).forEach(function(e) {
							r[e] = c[e];
						}), c.buffer && (r.buffer = e.link(c.buffer), r.type = r.type || r.buffer + ".dtype"), n[s] = r, r;
					});
				}), Object.keys(i).forEach(function(e) {
					var t = i[e];
					function n(n, r) {
						var i = n.invoke(r, t), a = n.shared, o = n.constants, s = a.isBufferArgs, c = a.buffer;
						q.optional(function() {
							n.assert(r, i + "&&(typeof " + i + "===\"object\"||typeof " + i + "===\"function\")&&(" + s + "(" + i + ")||" + c + ".getBuffer(" + i + ")||" + c + ".getBuffer(" + i + ".buffer)||" + s + "(" + i + ".buffer)||(\"constant\" in " + i + "&&(typeof " + i + ".constant===\"number\"||" + a.isArrayLike + "(" + i + ".constant))))", "invalid dynamic attribute \"" + e + "\"");
						});
						var l = { isStream: r.def(!1) }, u = new g();
						u.state = la, Object.keys(u).forEach(function(e) {
							l[e] = r.def("" + u[e]);
						});
						var d = l.buffer, f = l.type;
						r("if(", s, "(", i, ")){", l.isStream, "=true;", d, "=", c, ".createStream(", fo, ",", i, ");", f, "=", d, ".dtype;", "}else{", d, "=", c, ".getBuffer(", i, ");", "if(", d, "){", f, "=", d, ".dtype;", "}else if(\"constant\" in ", i, "){", l.state, "=", ua, ";", "if(typeof " + i + ".constant === \"number\"){", l[sa[0]], "=", i, ".constant;", sa.slice(1).map(function(e) {
							return l[e];
						}).join("="), "=0;", "}else{", sa.map(function(e, t) {
							return l[e] + "=" + i + ".constant.length>" + t + "?" + i + ".constant[" + t + "]:0;";
						}).join(""), "}}else{", "if(", s, "(", i, ".buffer)){", d, "=", c, ".createStream(", fo, ",", i, ".buffer);", "}else{", d, "=", c, ".getBuffer(", i, ".buffer);", "}", f, "=\"type\" in ", i, "?", o.glTypes, "[", i, ".type]:", d, ".dtype;", l.normalized, "=!!", i, ".normalized;");
						function p(e) {
							r(l[e], "=", i, ".", e, "|0;");
						}
						return p("size"), p("offset"), p("stride"), p("divisor"), r("}}"), r.exit("if(", l.isStream, "){", c, ".destroyStream(", d, ");", "}"), l;
					}
					o[e] = gs(t, n);
				}), o;
			}
			function V(e) {
				var t = e.static, n = e.dynamic, r = {};
				return Object.keys(t).forEach(function(e) {
					var n = t[e];
					r[e] = hs(function(e, t) {
						return typeof n == "number" || typeof n == "boolean" ? "" + n : e.link(n);
					});
				}), Object.keys(n).forEach(function(e) {
					var t = n[e];
					r[e] = gs(t, function(e, n) {
						return e.invoke(n, t);
					});
				}), r;
			}
			function te(e, t, n, i, a) {
				var o = e.static, s = e.dynamic;
				q.optional(function() {
					var e = [
						Ka,
						qa,
						Ja,
						Ya,
						Xa,
						Qa,
						Za,
						$a,
						Ga,
						eo
					].concat(C);
					function t(t) {
						Object.keys(t).forEach(function(t) {
							q.command(e.indexOf(t) >= 0, "unknown parameter \"" + t + "\"", a.commandStr);
						});
					}
					t(o), t(s);
				});
				var c = I(e, t), l = P(e, a), d = F(e, l, a), f = R(e, a), p = z(e, a), m = L(e, a, c);
				function h(e) {
					var t = d[e];
					t && (p[e] = t);
				}
				h(Wa), h(E(Ua));
				var g = {
					framebuffer: l,
					draw: f,
					shader: m,
					state: p,
					dirty: Object.keys(p).length > 0,
					scopeVAO: null,
					drawVAO: null,
					useVAO: !1,
					attributes: {}
				};
				if (g.profile = N(e, a), g.uniforms = B(n, a), g.drawVAO = g.scopeVAO = f.vao, !g.drawVAO && m.program && !c && r.angle_instanced_arrays && f.static.elements) {
					var _ = !0, v = m.program.attributes.map(function(e) {
						var n = t.static[e];
						return _ &&= !!n, n;
					});
					if (_ && v.length > 0) {
						var y = u.getVAO(u.createVAO({
							attributes: v,
							elements: f.static.elements
						}));
						g.drawVAO = new ps(null, null, null, function(e, t) {
							return e.link(y);
						}), g.useVAO = !0;
					}
				}
				return c ? g.useVAO = !0 : g.attributes = ee(t, a), g.context = V(i, a), g;
			}
			function ne(e, t, n) {
				var r = e.shared.context, i = e.scope();
				Object.keys(n).forEach(function(a) {
					t.save(r, "." + a);
					var o = n[a].append(e, t);
					Array.isArray(o) ? i(r, ".", a, "=[", o.join(), "];") : i(r, ".", a, "=", o, ";");
				}), t(i);
			}
			function H(e, t, n, r) {
				var i = e.shared, a = i.gl, o = i.framebuffer, s;
				y && (s = t.def(i.extensions, ".webgl_draw_buffers"));
				var c = e.constants, l = c.drawBuffer, u = c.backBuffer, d = n ? n.append(e, t) : t.def(o, ".next");
				r || t("if(", d, "!==", o, ".cur){"), t("if(", d, "){", a, ".bindFramebuffer(", rs, ",", d, ".framebuffer);"), y && t(s, ".drawBuffersWEBGL(", l, "[", d, ".colorAttachments.length]);"), t("}else{", a, ".bindFramebuffer(", rs, ",null);"), y && t(s, ".drawBuffersWEBGL(", u, ");"), t("}", o, ".cur=", d, ";"), r || t("}");
			}
			function re(e, t, n) {
				var r = e.shared, i = r.gl, a = e.current, o = e.next, s = r.current, c = r.next, l = e.cond(s, ".dirty");
				C.forEach(function(t) {
					var r = E(t);
					if (!(r in n.state)) {
						var u, d;
						if (r in o) {
							u = o[r], d = a[r];
							var f = Me(x[r].length, function(e) {
								return l.def(u, "[", e, "]");
							});
							l(e.cond(f.map(function(e, t) {
								return e + "!==" + d + "[" + t + "]";
							}).join("||")).then(i, ".", T[r], "(", f, ");", f.map(function(e, t) {
								return d + "[" + t + "]=" + e;
							}).join(";"), ";"));
						} else {
							u = l.def(c, ".", r);
							var p = e.cond(u, "!==", s, ".", r);
							l(p), r in w ? p(e.cond(u).then(i, ".enable(", w[r], ");").else(i, ".disable(", w[r], ");"), s, ".", r, "=", u, ";") : p(i, ".", T[r], "(", u, ");", s, ".", r, "=", u, ";");
						}
					}
				}), Object.keys(n.state).length === 0 && l(s, ".dirty=false;"), t(l);
			}
			function U(e, t, n, r) {
				var i = e.shared, a = e.current, o = i.current, s = i.gl;
				fs(Object.keys(n)).forEach(function(i) {
					var c = n[i];
					if (!r || r(c)) {
						var l = c.append(e, t);
						if (w[i]) {
							var u = w[i];
							ms(c) ? l ? t(s, ".enable(", u, ");") : t(s, ".disable(", u, ");") : t(e.cond(l).then(s, ".enable(", u, ");").else(s, ".disable(", u, ");")), t(o, ".", i, "=", l, ";");
						} else if (mn(l)) {
							var d = a[i];
							t(s, ".", T[i], "(", l, ");", l.map(function(e, t) {
								return d + "[" + t + "]=" + e;
							}).join(";"), ";");
						} else t(s, ".", T[i], "(", l, ");", o, ".", i, "=", l, ";");
					}
				});
			}
			function ie(e, t) {
				v && (e.instancing = t.def(e.shared.extensions, ".angle_instanced_arrays"));
			}
			function W(e, t, n, r, i) {
				var a = e.shared, o = e.stats, s = a.current, c = a.timer, l = n.profile;
				function u() {
					return typeof performance > "u" ? "Date.now()" : "performance.now()";
				}
				var d, f;
				function p(e) {
					d = t.def(), e(d, "=", u(), ";"), typeof i == "string" ? e(o, ".count+=", i, ";") : e(o, ".count++;"), m && (r ? (f = t.def(), e(f, "=", c, ".getNumPendingQueries();")) : e(c, ".beginQuery(", o, ");"));
				}
				function h(e) {
					e(o, ".cpuTime+=", u(), "-", d, ";"), m && (r ? e(c, ".pushScopeStats(", f, ",", c, ".getNumPendingQueries(),", o, ");") : e(c, ".endQuery();"));
				}
				function g(e) {
					var n = t.def(s, ".profile");
					t(s, ".profile=", e, ";"), t.exit(s, ".profile=", n, ";");
				}
				var _;
				if (l) {
					if (ms(l)) {
						l.enable ? (p(t), h(t.exit), g("true")) : g("false");
						return;
					}
					_ = l.append(e, t), g(_);
				} else _ = t.def(s, ".profile");
				var v = e.block();
				p(v), t("if(", _, "){", v, "}");
				var y = e.block();
				h(y), t.exit("if(", _, "){", y, "}");
			}
			function ae(e, t, n, r, i) {
				var a = e.shared;
				function o(e) {
					switch (e) {
						case Oo:
						case Mo:
						case Io: return 2;
						case ko:
						case No:
						case Lo: return 3;
						case Ao:
						case Po:
						case Ro: return 4;
						default: return 1;
					}
				}
				function s(n, r, i) {
					var o = a.gl, s = t.def(n, ".location"), c = t.def(a.attributes, "[", s, "]"), l = i.state, u = i.buffer, d = [
						i.x,
						i.y,
						i.z,
						i.w
					], f = [
						"buffer",
						"normalized",
						"offset",
						"stride"
					];
					function p() {
						t("if(!", c, ".buffer){", o, ".enableVertexAttribArray(", s, ");}");
						var n = i.type, a = i.size ? t.def(i.size, "||", r) : r;
						if (t("if(", c, ".type!==", n, "||", c, ".size!==", a, "||", f.map(function(e) {
							return c + "." + e + "!==" + i[e];
						}).join("||"), "){", o, ".bindBuffer(", fo, ",", u, ".buffer);", o, ".vertexAttribPointer(", [
							s,
							a,
							n,
							i.normalized,
							i.stride,
							i.offset
						], ");", c, ".type=", n, ";", c, ".size=", a, ";", f.map(function(e) {
							return c + "." + e + "=" + i[e] + ";";
						}).join(""), "}"), v) {
							var l = i.divisor;
							t("if(", c, ".divisor!==", l, "){", e.instancing, ".vertexAttribDivisorANGLE(", [s, l], ");", c, ".divisor=", l, ";}");
						}
					}
					function m() {
						t("if(", c, ".buffer){", o, ".disableVertexAttribArray(", s, ");", c, ".buffer=null;", "}if(", sa.map(function(e, t) {
							return c + "." + e + "!==" + d[t];
						}).join("||"), "){", o, ".vertexAttrib4f(", s, ",", d, ");", sa.map(function(e, t) {
							return c + "." + e + "=" + d[t] + ";";
						}).join(""), "}");
					}
					l === la ? p() : l === ua ? m() : (t("if(", l, "===", la, "){"), p(), t("}else{"), m(), t("}"));
				}
				r.forEach(function(r) {
					var a = r.name, c = n.attributes[a], l;
					if (c) {
						if (!i(c)) return;
						l = c.append(e, t);
					} else {
						if (!i(_s)) return;
						var u = e.scopeAttrib(a);
						q.optional(function() {
							e.assert(t, u + ".state", "missing attribute " + a);
						}), l = {}, Object.keys(new g()).forEach(function(e) {
							l[e] = t.def(u, ".", e);
						});
					}
					s(e.link(r), o(r.info.type), l);
				});
			}
			function oe(e, t, r, i, a, o) {
				for (var s = e.shared, c = s.gl, l, u = 0; u < i.length; ++u) {
					var d = i[u], f = d.name, p = d.info.type, m = r.uniforms[f], h = e.link(d) + ".location", g;
					if (m) {
						if (!a(m)) continue;
						if (ms(m)) {
							var _ = m.value;
							if (q.command(_ != null, "missing uniform \"" + f + "\"", e.commandStr), p === Ho || p === Uo) {
								q.command(typeof _ == "function" && (p === Ho && (_._reglType === "texture2d" || _._reglType === "framebuffer") || p === Uo && (_._reglType === "textureCube" || _._reglType === "framebufferCube")), "invalid texture for uniform " + f, e.commandStr);
								var v = e.link(_._texture || _.color[0]._texture);
								t(c, ".uniform1i(", h, ",", v + ".bind());"), t.exit(v, ".unbind();");
							} else if (p === zo || p === Bo || p === Vo) {
								q.optional(function() {
									q.command(mn(_), "invalid matrix for uniform " + f, e.commandStr), q.command(p === zo && _.length === 4 || p === Bo && _.length === 9 || p === Vo && _.length === 16, "invalid length for matrix uniform " + f, e.commandStr);
								});
								var y = e.global.def("new Float32Array([" + Array.prototype.slice.call(_) + "])"), b = 2;
								p === Bo ? b = 3 : p === Vo && (b = 4), t(c, ".uniformMatrix", b, "fv(", h, ",false,", y, ");");
							} else {
								switch (p) {
									case Do:
										q.commandType(_, "number", "uniform " + f, e.commandStr), l = "1f";
										break;
									case Oo:
										q.command(mn(_) && _.length === 2, "uniform " + f, e.commandStr), l = "2f";
										break;
									case ko:
										q.command(mn(_) && _.length === 3, "uniform " + f, e.commandStr), l = "3f";
										break;
									case Ao:
										q.command(mn(_) && _.length === 4, "uniform " + f, e.commandStr), l = "4f";
										break;
									case Fo:
										q.commandType(_, "boolean", "uniform " + f, e.commandStr), l = "1i";
										break;
									case jo:
										q.commandType(_, "number", "uniform " + f, e.commandStr), l = "1i";
										break;
									case Io:
										q.command(mn(_) && _.length === 2, "uniform " + f, e.commandStr), l = "2i";
										break;
									case Mo:
										q.command(mn(_) && _.length === 2, "uniform " + f, e.commandStr), l = "2i";
										break;
									case Lo:
										q.command(mn(_) && _.length === 3, "uniform " + f, e.commandStr), l = "3i";
										break;
									case No:
										q.command(mn(_) && _.length === 3, "uniform " + f, e.commandStr), l = "3i";
										break;
									case Ro:
										q.command(mn(_) && _.length === 4, "uniform " + f, e.commandStr), l = "4i";
										break;
									case Po: q.command(mn(_) && _.length === 4, "uniform " + f, e.commandStr), l = "4i";
								}
								t(c, ".uniform", l, "(", h, ",", mn(_) ? Array.prototype.slice.call(_) : _, ");");
							}
							continue;
						}
						g = m.append(e, t);
					} else {
						if (!a(_s)) continue;
						g = t.def(s.uniforms, "[", n.id(f), "]");
					}
					p === Ho ? (q(!Array.isArray(g), "must specify a scalar prop for textures"), t("if(", g, "&&", g, "._reglType===\"framebuffer\"){", g, "=", g, ".color[0];", "}")) : p === Uo && (q(!Array.isArray(g), "must specify a scalar prop for cube maps"), t("if(", g, "&&", g, "._reglType===\"framebufferCube\"){", g, "=", g, ".color[0];", "}")), q.optional(function() {
						function n(n, r) {
							e.assert(t, n, "bad data or missing for uniform \"" + f + "\".  " + r);
						}
						function r(e) {
							q(!Array.isArray(g), "must not specify an array type for uniform"), n("typeof " + g + "===\"" + e + "\"", "invalid type, expected " + e);
						}
						function i(t, r) {
							Array.isArray(g) ? q(g.length === t, "must have length " + t) : n(s.isArrayLike + "(" + g + ")&&" + g + ".length===" + t, "invalid vector, should have length " + t, e.commandStr);
						}
						function a(t) {
							q(!Array.isArray(g), "must not specify a value type"), n("typeof " + g + "===\"function\"&&" + g + "._reglType===\"texture" + (t === go ? "2d" : "Cube") + "\"", "invalid texture type", e.commandStr);
						}
						switch (p) {
							case jo:
								r("number");
								break;
							case Mo:
								i(2, "number");
								break;
							case No:
								i(3, "number");
								break;
							case Po:
								i(4, "number");
								break;
							case Do:
								r("number");
								break;
							case Oo:
								i(2, "number");
								break;
							case ko:
								i(3, "number");
								break;
							case Ao:
								i(4, "number");
								break;
							case Fo:
								r("boolean");
								break;
							case Io:
								i(2, "boolean");
								break;
							case Lo:
								i(3, "boolean");
								break;
							case Ro:
								i(4, "boolean");
								break;
							case zo:
								i(4, "number");
								break;
							case Bo:
								i(9, "number");
								break;
							case Vo:
								i(16, "number");
								break;
							case Ho:
								a(go);
								break;
							case Uo: a(_o);
						}
					});
					var x = 1;
					switch (p) {
						case Ho:
						case Uo:
							var S = t.def(g, "._texture");
							t(c, ".uniform1i(", h, ",", S, ".bind());"), t.exit(S, ".unbind();");
							continue;
						case jo:
						case Fo:
							l = "1i";
							break;
						case Mo:
						case Io:
							l = "2i", x = 2;
							break;
						case No:
						case Lo:
							l = "3i", x = 3;
							break;
						case Po:
						case Ro:
							l = "4i", x = 4;
							break;
						case Do:
							l = "1f";
							break;
						case Oo:
							l = "2f", x = 2;
							break;
						case ko:
							l = "3f", x = 3;
							break;
						case Ao:
							l = "4f", x = 4;
							break;
						case zo:
							l = "Matrix2fv";
							break;
						case Bo:
							l = "Matrix3fv";
							break;
						case Vo: l = "Matrix4fv";
					}
					if (l.charAt(0) === "M") {
						t(c, ".uniform", l, "(", h, ",");
						var C = (p - zo + 2) ** 2, w = e.global.def("new Float32Array(", C, ")");
						Array.isArray(g) ? t("false,(", Me(C, function(e) {
							return w + "[" + e + "]=" + g[e];
						}), ",", w, ")") : t("false,(Array.isArray(", g, ")||", g, " instanceof Float32Array)?", g, ":(", Me(C, function(e) {
							return w + "[" + e + "]=" + g + "[" + e + "]";
						}), ",", w, ")"), t(");");
					} else if (x > 1) {
						for (var T = [], E = [], D = 0; D < x; ++D) Array.isArray(g) ? E.push(g[D]) : E.push(t.def(g + "[" + D + "]")), o && T.push(t.def());
						o && t("if(!", e.batchId, "||", T.map(function(e, t) {
							return e + "!==" + E[t];
						}).join("||"), "){", T.map(function(e, t) {
							return e + "=" + E[t] + ";";
						}).join("")), t(c, ".uniform", l, "(", h, ",", E.join(","), ");"), o && t("}");
					} else {
						if (q(!Array.isArray(g), "uniform value must not be an array"), o) {
							var O = t.def();
							t("if(!", e.batchId, "||", O, "!==", g, "){", O, "=", g, ";");
						}
						t(c, ".uniform", l, "(", h, ",", g, ");"), o && t("}");
					}
				}
			}
			function G(e, t, n, r) {
				var i = e.shared, a = i.gl, o = i.draw, s = r.draw;
				function c() {
					var c = s.elements, l, u = t;
					return c ? ((c.contextDep && r.contextDynamic || c.propDep) && (u = n), l = c.append(e, u), s.elementsActive && u("if(" + l + ")" + a + ".bindBuffer(" + po + "," + l + ".buffer.buffer);")) : (l = u.def(), u(l, "=", o, ".", Ya, ";", "if(", l, "){", a, ".bindBuffer(", po, ",", l, ".buffer.buffer);}", "else if(", i.vao, ".currentVAO){", l, "=", e.shared.elements + ".getElements(" + i.vao, ".currentVAO.elements);", b ? "" : "if(" + l + ")" + a + ".bindBuffer(" + po + "," + l + ".buffer.buffer);", "}")), l;
				}
				function l() {
					var i = s.count, a, c = t;
					return i ? ((i.contextDep && r.contextDynamic || i.propDep) && (c = n), a = i.append(e, c), q.optional(function() {
						i.MISSING && e.assert(t, "false", "missing vertex count"), i.DYNAMIC && e.assert(c, a + ">=0", "missing vertex count");
					})) : (a = c.def(o, ".", Za), q.optional(function() {
						e.assert(c, a + ">=0", "missing vertex count");
					})), a;
				}
				var u = c();
				function d(i) {
					var a = s[i];
					return a ? a.contextDep && r.contextDynamic || a.propDep ? a.append(e, n) : a.append(e, t) : t.def(o, ".", i);
				}
				var f = d(Xa), p = d(Qa), m = l();
				if (typeof m == "number") {
					if (m === 0) return;
				} else n("if(", m, "){"), n.exit("}");
				var h, g;
				v && (h = d($a), g = e.instancing);
				var _ = u + ".type", y = s.elements && ms(s.elements) && !s.vaoActive;
				function x() {
					function e() {
						n(g, ".drawElementsInstancedANGLE(", [
							f,
							m,
							_,
							p + "<<((" + _ + "-" + ca + ")>>1)",
							h
						], ");");
					}
					function t() {
						n(g, ".drawArraysInstancedANGLE(", [
							f,
							p,
							m,
							h
						], ");");
					}
					u && u !== "null" ? y ? e() : (n("if(", u, "){"), e(), n("}else{"), t(), n("}")) : t();
				}
				function S() {
					function e() {
						n(a + ".drawElements(" + [
							f,
							m,
							_,
							p + "<<((" + _ + "-" + ca + ")>>1)"
						] + ");");
					}
					function t() {
						n(a + ".drawArrays(" + [
							f,
							p,
							m
						] + ");");
					}
					u && u !== "null" ? y ? e() : (n("if(", u, "){"), e(), n("}else{"), t(), n("}")) : t();
				}
				v && (typeof h != "number" || h >= 0) ? typeof h == "string" ? (n("if(", h, ">0){"), x(), n("}else if(", h, "<0){"), S(), n("}")) : x() : S();
			}
			function se(e, t, n, r, i) {
				var a = M(), o = a.proc("body", i);
				return q.optional(function() {
					a.commandStr = t.commandStr, a.command = a.link(t.commandStr);
				}), v && (a.instancing = o.def(a.shared.extensions, ".angle_instanced_arrays")), e(a, o, n, r), a.compile().body;
			}
			function ce(e, t, n, r) {
				ie(e, t), n.useVAO ? n.drawVAO ? t(e.shared.vao, ".setVAO(", n.drawVAO.append(e, t), ");") : t(e.shared.vao, ".setVAO(", e.shared.vao, ".targetVAO);") : (t(e.shared.vao, ".setVAO(null);"), ae(e, t, n, r.attributes, function() {
					return !0;
				})), oe(e, t, n, r.uniforms, function() {
					return !0;
				}, !1), G(e, t, t, n);
			}
			function K(e, t) {
				var n = e.proc("draw", 1);
				ie(e, n), ne(e, n, t.context), H(e, n, t.framebuffer), re(e, n, t), U(e, n, t.state), W(e, n, t, !1, !0);
				var r = t.shader.progVar.append(e, n);
				if (n(e.shared.gl, ".useProgram(", r, ".program);"), t.shader.program) ce(e, n, t, t.shader.program);
				else {
					n(e.shared.vao, ".setVAO(null);");
					var i = e.global.def("{}"), a = n.def(r, ".id"), o = n.def(i, "[", a, "]");
					n(e.cond(o).then(o, ".call(this,a0);").else(o, "=", i, "[", a, "]=", e.link(function(n) {
						return se(ce, e, t, n, 1);
					}), "(", r, ");", o, ".call(this,a0);"));
				}
				Object.keys(t.state).length > 0 && n(e.shared.current, ".dirty=true;"), e.shared.vao && n(e.shared.vao, ".setVAO(null);");
			}
			function le(e, t, n, r) {
				e.batchId = "a1", ie(e, t);
				function i() {
					return !0;
				}
				ae(e, t, n, r.attributes, i), oe(e, t, n, r.uniforms, i, !1), G(e, t, t, n);
			}
			function ue(e, t, n, r) {
				ie(e, t);
				var i = n.contextDep, a = t.def(), o = "a0", s = "a1", c = t.def();
				e.shared.props = c, e.batchId = a;
				var l = e.scope(), u = e.scope();
				t(l.entry, "for(", a, "=0;", a, "<", s, ";++", a, "){", c, "=", o, "[", a, "];", u, "}", l.exit);
				function d(e) {
					return e.contextDep && i || e.propDep;
				}
				function f(e) {
					return !d(e);
				}
				if (n.needsContext && ne(e, u, n.context), n.needsFramebuffer && H(e, u, n.framebuffer), U(e, u, n.state, d), n.profile && d(n.profile) && W(e, u, n, !1, !0), r) n.useVAO ? n.drawVAO ? d(n.drawVAO) ? u(e.shared.vao, ".setVAO(", n.drawVAO.append(e, u), ");") : l(e.shared.vao, ".setVAO(", n.drawVAO.append(e, l), ");") : l(e.shared.vao, ".setVAO(", e.shared.vao, ".targetVAO);") : (l(e.shared.vao, ".setVAO(null);"), ae(e, l, n, r.attributes, f), ae(e, u, n, r.attributes, d)), oe(e, l, n, r.uniforms, f, !1), oe(e, u, n, r.uniforms, d, !0), G(e, l, u, n);
				else {
					var p = e.global.def("{}"), m = n.shader.progVar.append(e, u), h = u.def(m, ".id"), g = u.def(p, "[", h, "]");
					u(e.shared.gl, ".useProgram(", m, ".program);", "if(!", g, "){", g, "=", p, "[", h, "]=", e.link(function(t) {
						return se(le, e, n, t, 2);
					}), "(", m, ");}", g, ".call(this,a0[", a, "],", a, ");");
				}
			}
			function J(e, t) {
				var n = e.proc("batch", 2);
				e.batchId = "0", ie(e, n);
				var r = !1, i = !0;
				Object.keys(t.context).forEach(function(e) {
					r ||= t.context[e].propDep;
				}), r || (ne(e, n, t.context), i = !1);
				var a = t.framebuffer, o = !1;
				a ? (a.propDep ? r = o = !0 : a.contextDep && r && (o = !0), o || H(e, n, a)) : H(e, n, null), t.state.viewport && t.state.viewport.propDep && (r = !0);
				function s(e) {
					return e.contextDep && r || e.propDep;
				}
				re(e, n, t), U(e, n, t.state, function(e) {
					return !s(e);
				}), t.profile && s(t.profile) || W(e, n, t, !1, "a1"), t.contextDep = r, t.needsContext = i, t.needsFramebuffer = o;
				var c = t.shader.progVar;
				if (c.contextDep && r || c.propDep) ue(e, n, t, null);
				else {
					var l = c.append(e, n);
					if (n(e.shared.gl, ".useProgram(", l, ".program);"), t.shader.program) ue(e, n, t, t.shader.program);
					else {
						n(e.shared.vao, ".setVAO(null);");
						var u = e.global.def("{}"), d = n.def(l, ".id"), f = n.def(u, "[", d, "]");
						n(e.cond(f).then(f, ".call(this,a0,a1);").else(f, "=", u, "[", d, "]=", e.link(function(n) {
							return se(ue, e, t, n, 2);
						}), "(", l, ");", f, ".call(this,a0,a1);"));
					}
				}
				Object.keys(t.state).length > 0 && n(e.shared.current, ".dirty=true;"), e.shared.vao && n(e.shared.vao, ".setVAO(null);");
			}
			function de(e, t) {
				var r = e.proc("scope", 3);
				e.batchId = "a2";
				var i = e.shared, a = i.current;
				ne(e, r, t.context), t.framebuffer && t.framebuffer.append(e, r), fs(Object.keys(t.state)).forEach(function(n) {
					var a = t.state[n].append(e, r);
					mn(a) ? a.forEach(function(t, i) {
						r.set(e.next[n], "[" + i + "]", t);
					}) : r.set(i.next, "." + n, a);
				}), W(e, r, t, !0, !0), [
					Ya,
					Qa,
					Za,
					$a,
					Xa
				].forEach(function(n) {
					var a = t.draw[n];
					a && r.set(i.draw, "." + n, "" + a.append(e, r));
				}), Object.keys(t.uniforms).forEach(function(a) {
					var o = t.uniforms[a].append(e, r);
					Array.isArray(o) && (o = "[" + o.join() + "]"), r.set(i.uniforms, "[" + n.id(a) + "]", o);
				}), Object.keys(t.attributes).forEach(function(n) {
					var i = t.attributes[n].append(e, r), a = e.scopeAttrib(n);
					Object.keys(new g()).forEach(function(e) {
						r.set(a, "." + e, i[e]);
					});
				}), t.scopeVAO && r.set(i.vao, ".targetVAO", t.scopeVAO.append(e, r));
				function o(n) {
					var a = t.shader[n];
					a && r.set(i.shader, "." + n, a.append(e, r));
				}
				o(qa), o(Ja), Object.keys(t.state).length > 0 && (r(a, ".dirty=true;"), r.exit(a, ".dirty=true;")), r("a1(", e.shared.context, ",a0,", e.batchId, ");");
			}
			function fe(e) {
				if (!(typeof e != "object" || mn(e))) {
					for (var t = Object.keys(e), n = 0; n < t.length; ++n) if (be.isDynamic(e[t[n]])) return !0;
					return !1;
				}
			}
			function pe(e, t, n) {
				var r = t.static[n];
				if (!r || !fe(r)) return;
				var i = e.global, a = Object.keys(r), o = !1, s = !1, c = !1, l = e.global.def("{}");
				a.forEach(function(t) {
					var n = r[t];
					if (be.isDynamic(n)) {
						typeof n == "function" && (n = r[t] = be.unbox(n));
						var a = gs(n, null);
						o ||= a.thisDep, c ||= a.propDep, s ||= a.contextDep;
					} else {
						switch (i(l, ".", t, "="), typeof n) {
							case "number":
								i(n);
								break;
							case "string":
								i("\"", n, "\"");
								break;
							case "object":
								Array.isArray(n) && i("[", n.join(), "]");
								break;
							default: i(e.link(n));
						}
						i(";");
					}
				});
				function u(e, t) {
					a.forEach(function(n) {
						var i = r[n];
						be.isDynamic(i) && t(l, ".", n, "=", e.invoke(t, i), ";");
					});
				}
				t.dynamic[n] = new be.DynamicVariable(ha, {
					thisDep: o,
					contextDep: s,
					propDep: c,
					ref: l,
					append: u
				}), delete t.static[n];
			}
			function me(e, n, r, i, a) {
				var o = M();
				o.stats = o.link(a), Object.keys(n.static).forEach(function(e) {
					pe(o, n, e);
				}), uo.forEach(function(t) {
					pe(o, e, t);
				});
				var s = te(e, n, r, i, o);
				return K(o, s), de(o, s), J(o, s), t(o.compile(), { destroy: function() {
					s.shader.program.destroy();
				} });
			}
			return {
				next: S,
				current: x,
				procs: (function() {
					var e = M(), t = e.proc("poll"), n = e.proc("refresh"), a = e.block();
					t(a), n(a);
					var o = e.shared, s = o.gl, c = o.next, l = o.current;
					a(l, ".dirty=false;"), H(e, t), H(e, n, null, !0);
					var u;
					v && (u = e.link(v)), r.oes_vertex_array_object && n(e.link(r.oes_vertex_array_object), ".bindVertexArrayOES(null);");
					for (var d = 0; d < i.maxAttributes; ++d) {
						var f = n.def(o.attributes, "[", d, "]"), p = e.cond(f, ".buffer");
						p.then(s, ".enableVertexAttribArray(", d, ");", s, ".bindBuffer(", fo, ",", f, ".buffer.buffer);", s, ".vertexAttribPointer(", d, ",", f, ".size,", f, ".type,", f, ".normalized,", f, ".stride,", f, ".offset);").else(s, ".disableVertexAttribArray(", d, ");", s, ".vertexAttrib4f(", d, ",", f, ".x,", f, ".y,", f, ".z,", f, ".w);", f, ".buffer=null;"), n(p), v && n(u, ".vertexAttribDivisorANGLE(", d, ",", f, ".divisor);");
					}
					return n(e.shared.vao, ".currentVAO=null;", e.shared.vao, ".setVAO(", e.shared.vao, ".targetVAO);"), Object.keys(w).forEach(function(r) {
						var i = w[r], o = a.def(c, ".", r), u = e.block();
						u("if(", o, "){", s, ".enable(", i, ")}else{", s, ".disable(", i, ")}", l, ".", r, "=", o, ";"), n(u), t("if(", o, "!==", l, ".", r, "){", u, "}");
					}), Object.keys(T).forEach(function(r) {
						var i = T[r], o = x[r], u, d, f = e.block();
						if (f(s, ".", i, "("), mn(o)) {
							var p = o.length;
							u = e.global.def(c, ".", r), d = e.global.def(l, ".", r), f(Me(p, function(e) {
								return u + "[" + e + "]";
							}), ");", Me(p, function(e) {
								return d + "[" + e + "]=" + u + "[" + e + "];";
							}).join("")), t("if(", Me(p, function(e) {
								return u + "[" + e + "]!==" + d + "[" + e + "]";
							}).join("||"), "){", f, "}");
						} else u = a.def(c, ".", r), d = a.def(l, ".", r), f(u, ");", l, ".", r, "=", u, ";"), t("if(", u, "!==", d, "){", f, "}");
						n(f);
					}), e.compile();
				})(),
				compile: me
			};
		}
		function ys() {
			return {
				vaoCount: 0,
				bufferCount: 0,
				elementsCount: 0,
				framebufferCount: 0,
				shaderCount: 0,
				textureCount: 0,
				cubeCount: 0,
				renderbufferCount: 0,
				maxTextureUnits: 0
			};
		}
		var bs = 34918, xs = 34919, Ss = 35007, Cs = function(e, t) {
			if (!t.ext_disjoint_timer_query) return null;
			var n = [];
			function r() {
				return n.pop() || t.ext_disjoint_timer_query.createQueryEXT();
			}
			function i(e) {
				n.push(e);
			}
			var a = [];
			function o(e) {
				var n = r();
				t.ext_disjoint_timer_query.beginQueryEXT(Ss, n), a.push(n), p(a.length - 1, a.length, e);
			}
			function s() {
				t.ext_disjoint_timer_query.endQueryEXT(Ss);
			}
			function c() {
				this.startQueryIndex = -1, this.endQueryIndex = -1, this.sum = 0, this.stats = null;
			}
			var l = [];
			function u() {
				return l.pop() || new c();
			}
			function d(e) {
				l.push(e);
			}
			var f = [];
			function p(e, t, n) {
				var r = u();
				r.startQueryIndex = e, r.endQueryIndex = t, r.sum = 0, r.stats = n, f.push(r);
			}
			var m = [], h = [];
			function g() {
				var e, n, r = a.length;
				if (r !== 0) {
					h.length = Math.max(h.length, r + 1), m.length = Math.max(m.length, r + 1), m[0] = 0, h[0] = 0;
					var o = 0;
					for (e = 0, n = 0; n < a.length; ++n) {
						var s = a[n];
						t.ext_disjoint_timer_query.getQueryObjectEXT(s, xs) ? (o += t.ext_disjoint_timer_query.getQueryObjectEXT(s, bs), i(s)) : a[e++] = s, m[n + 1] = o, h[n + 1] = e;
					}
					for (a.length = e, e = 0, n = 0; n < f.length; ++n) {
						var c = f[n], l = c.startQueryIndex, u = c.endQueryIndex;
						c.sum += m[u] - m[l];
						var p = h[l], g = h[u];
						g === p ? (c.stats.gpuTime += c.sum / 1e6, d(c)) : (c.startQueryIndex = p, c.endQueryIndex = g, f[e++] = c);
					}
					f.length = e;
				}
			}
			return {
				beginQuery: o,
				endQuery: s,
				pushScopeStats: p,
				update: g,
				getNumPendingQueries: function() {
					return a.length;
				},
				clear: function() {
					n.push.apply(n, a);
					for (var e = 0; e < n.length; e++) t.ext_disjoint_timer_query.deleteQueryEXT(n[e]);
					a.length = 0, n.length = 0;
				},
				restore: function() {
					a.length = 0, n.length = 0;
				}
			};
		}, ws = 16384, Ts = 256, Es = 1024, Ds = 34962, Os = "webglcontextlost", ks = "webglcontextrestored", As = 1, js = 2, Ms = 3;
		function Ns(e, t) {
			for (var n = 0; n < e.length; ++n) if (e[n] === t) return n;
			return -1;
		}
		function Ps(e) {
			var n = Ae(e);
			if (!n) return null;
			var r = n.gl, i = r.getContextAttributes(), a = r.isContextLost(), o = je(r, n);
			if (!o) return null;
			var s = Ce(), c = ys(), l = o.extensions, u = Cs(r, l), d = Se(), f = r.drawingBufferWidth, p = r.drawingBufferHeight, m = {
				tick: 0,
				time: 0,
				viewportWidth: f,
				viewportHeight: p,
				framebufferWidth: f,
				framebufferHeight: p,
				drawingBufferWidth: f,
				drawingBufferHeight: p,
				pixelRatio: n.pixelRatio
			}, h = {}, g = {
				elements: null,
				primitive: 4,
				count: -1,
				offset: 0,
				instances: -1
			}, _ = Tt(r, l), v = Jt(r, c, n, x), y = ln(r, l, v, c), b = qi(r, l, _, c, v, y, g);
			function x(e) {
				return b.destroyBuffer(e);
			}
			var S = Qi(r, s, c, n), C = Zr(r, l, _, function() {
				E.procs.poll();
			}, m, c, n), w = di(r, l, _, c, n), T = Hi(r, l, _, C, w, c), E = vs(r, s, l, _, v, y, C, T, h, b, S, g, m, u, n), D = ra(r, T, E.procs.poll, m, i, l, _), O = E.next, k = r.canvas, A = [], j = [], M = [], N = [n.onDestroy], P = null;
			function F() {
				if (A.length === 0) u && u.update(), P = null;
				else {
					P = xe.next(F), U();
					for (var e = A.length - 1; e >= 0; --e) {
						var t = A[e];
						t && t(m, null, 0);
					}
					r.flush(), u && u.update();
				}
			}
			function I() {
				!P && A.length > 0 && (P = xe.next(F));
			}
			function L() {
				P &&= (xe.cancel(F), null);
			}
			function R(e) {
				e.preventDefault(), a = !0, L(), j.forEach(function(e) {
					e();
				});
			}
			function z(e) {
				r.getError(), a = !1, o.restore(), S.restore(), v.restore(), C.restore(), w.restore(), T.restore(), b.restore(), u && u.restore(), E.procs.refresh(), I(), M.forEach(function(e) {
					e();
				});
			}
			k && (k.addEventListener(Os, R, !1), k.addEventListener(ks, z, !1));
			function B() {
				A.length = 0, L(), k && (k.removeEventListener(Os, R), k.removeEventListener(ks, z)), S.clear(), T.clear(), w.clear(), b.clear(), C.clear(), y.clear(), v.clear(), u && u.clear(), N.forEach(function(e) {
					e();
				});
			}
			function ee(e) {
				q(!!e, "invalid args to regl({...})"), q.type(e, "object", "invalid args to regl({...})");
				function n(e) {
					var n = t({}, e);
					delete n.uniforms, delete n.attributes, delete n.context, delete n.vao, "stencil" in n && n.stencil.op && (n.stencil.opBack = n.stencil.opFront = n.stencil.op, delete n.stencil.op);
					function r(e) {
						if (e in n) {
							var t = n[e];
							delete n[e], Object.keys(t).forEach(function(r) {
								n[e + "." + r] = t[r];
							});
						}
					}
					return r("blend"), r("depth"), r("cull"), r("stencil"), r("polygonOffset"), r("scissor"), r("sample"), "vao" in e && (n.vao = e.vao), n;
				}
				function r(e, t) {
					var n = {}, r = {};
					return Object.keys(e).forEach(function(i) {
						var a = e[i];
						if (be.isDynamic(a)) r[i] = be.unbox(a, i);
						else {
							if (t && Array.isArray(a)) {
								for (var o = 0; o < a.length; ++o) if (be.isDynamic(a[o])) {
									r[i] = be.unbox(a, i);
									return;
								}
							}
							n[i] = a;
						}
					}), {
						dynamic: r,
						static: n
					};
				}
				var i = r(e.context || {}, !0), o = r(e.uniforms || {}, !0), s = r(e.attributes || {}, !1), c = r(n(e), !1), l = {
					gpuTime: 0,
					cpuTime: 0,
					count: 0
				}, u = E.compile(c, s, o, i, l), d = u.draw, f = u.batch, p = u.scope, m = [];
				function h(e) {
					for (; m.length < e;) m.push(null);
					return m;
				}
				function g(e, t) {
					var n;
					if (a && q.raise("context lost"), typeof e == "function") return p.call(this, null, e, 0);
					if (typeof t == "function") {
						if (typeof e == "number") for (n = 0; n < e; ++n) p.call(this, null, t, n);
						else if (Array.isArray(e)) for (n = 0; n < e.length; ++n) p.call(this, e[n], t, n);
						else return p.call(this, e, t, 0);
					} else if (typeof e == "number") {
						if (e > 0) return f.call(this, h(e | 0), e | 0);
					} else if (Array.isArray(e)) {
						if (e.length) return f.call(this, e, e.length);
					} else return d.call(this, e);
				}
				return t(g, {
					stats: l,
					destroy: function() {
						u.destroy();
					}
				});
			}
			var V = T.setFBO = ee({ framebuffer: be.define.call(null, As, "framebuffer") });
			function te(e, t) {
				var n = 0;
				E.procs.poll();
				var i = t.color;
				i && (r.clearColor(+i[0] || 0, +i[1] || 0, +i[2] || 0, +i[3] || 0), n |= ws), "depth" in t && (r.clearDepth(+t.depth), n |= Ts), "stencil" in t && (r.clearStencil(t.stencil | 0), n |= Es), q(!!n, "called regl.clear with no buffer specified"), r.clear(n);
			}
			function ne(e) {
				if (q(typeof e == "object" && e, "regl.clear() takes an object as input"), "framebuffer" in e) {
					if (e.framebuffer && e.framebuffer_reglType === "framebufferCube") for (var n = 0; n < 6; ++n) V(t({ framebuffer: e.framebuffer.faces[n] }, e), te);
					else V(e, te);
				} else te(null, e);
			}
			function H(e) {
				q.type(e, "function", "regl.frame() callback must be a function"), A.push(e);
				function t() {
					var t = Ns(A, e);
					q(t >= 0, "cannot cancel a frame twice");
					function n() {
						var e = Ns(A, n);
						A[e] = A[A.length - 1], --A.length, A.length <= 0 && L();
					}
					A[t] = n;
				}
				return I(), { cancel: t };
			}
			function re() {
				var e = O.viewport, t = O.scissor_box;
				e[0] = e[1] = t[0] = t[1] = 0, m.viewportWidth = m.framebufferWidth = m.drawingBufferWidth = e[2] = t[2] = r.drawingBufferWidth, m.viewportHeight = m.framebufferHeight = m.drawingBufferHeight = e[3] = t[3] = r.drawingBufferHeight;
			}
			function U() {
				m.tick += 1, m.time = W(), re(), E.procs.poll();
			}
			function ie() {
				C.refresh(), re(), E.procs.refresh(), u && u.update();
			}
			function W() {
				return (Se() - d) / 1e3;
			}
			ie();
			function ae(e, t) {
				q.type(t, "function", "listener callback must be a function");
				var n;
				switch (e) {
					case "frame": return H(t);
					case "lost":
						n = j;
						break;
					case "restore":
						n = M;
						break;
					case "destroy":
						n = N;
						break;
					default: q.raise("invalid event, must be one of frame,lost,restore,destroy");
				}
				return n.push(t), { cancel: function() {
					for (var e = 0; e < n.length; ++e) if (n[e] === t) {
						n[e] = n[n.length - 1], n.pop();
						return;
					}
				} };
			}
			var oe = t(ee, {
				clear: ne,
				prop: be.define.bind(null, As),
				context: be.define.bind(null, js),
				this: be.define.bind(null, Ms),
				draw: ee({}),
				buffer: function(e) {
					return v.create(e, Ds, !1, !1);
				},
				elements: function(e) {
					return y.create(e, !1);
				},
				texture: C.create2D,
				cube: C.createCube,
				renderbuffer: w.create,
				framebuffer: T.create,
				framebufferCube: T.createCube,
				vao: b.createVAO,
				attributes: i,
				frame: H,
				on: ae,
				limits: _,
				hasExtension: function(e) {
					return _.extensions.indexOf(e.toLowerCase()) >= 0;
				},
				read: D,
				destroy: B,
				_gl: r,
				_refresh: ie,
				poll: function() {
					U(), u && u.update();
				},
				now: W,
				stats: c
			});
			return n.onDone(null, oe), oe;
		}
		return Ps;
	}));
})))(), 1), V = (e) => e * e * e, te = (e) => e < .5 ? 4 * e * e * e : (e - 1) * (2 * e - 2) * (2 * e - 2) + 1, ne = (e) => --e * e * e + 1, H = (e) => e, re = (e) => e * e, U = (e) => e < .5 ? 2 * e * e : -1 + (4 - 2 * e) * e, ie = (e) => e * (2 - e), W = (e) => e, ae = (e, t) => {
	if (e === t) return !0;
	if (e.length !== t.length) return !1;
	let n = new Set(e), r = new Set(t);
	return n.size === r.size && t.every((e) => n.has(e));
}, oe = (e) => Math.sqrt(e.reduce((e, t) => e + t ** 2, 0)), G = (e) => e.reduce((e, t) => t > e ? t : e, -Infinity), se = (e, t = W) => {
	let n = [];
	for (let r = 0; r < e; r++) n.push(t(r, e));
	return n;
}, ce = (e, t) => {
	let n = [];
	return e.forEach((e) => {
		n[e] = !0;
	}), t.forEach((e) => {
		n[e] = !0;
	}), n.reduce((e, t, n) => (t && e.push(n), e), []);
}, K = (e, ...t) => (t.forEach((t) => {
	let n = Object.keys(t).reduce((e, n) => (e[n] = Object.getOwnPropertyDescriptor(t, n), e), {});
	Object.getOwnPropertySymbols(t).forEach((e) => {
		let r = Object.getOwnPropertyDescriptor(t, e);
		r?.enumerable && (n[e] = r);
	}), Object.defineProperties(e, n);
}), e);
function le(...e) {
	return (t) => e.reduce((e, t) => t(e), t);
}
var q = (e) => (t) => K({ __proto__: { constructor: e } }, t), ue = (e, t) => (n) => K(n, { get [e]() {
	return t;
} }), J = (e, t, n, r) => Math.sqrt((e - n) ** 2 + (t - r) ** 2), de = (e) => new Worker(window.URL.createObjectURL(new Blob([`(${e.toString()})()`], { type: "text/javascript" }))), fe = (e = 1) => new Promise((t) => {
	let n = 0, r = () => requestAnimationFrame(() => {
		n++, n < e ? r() : t(void 0);
	});
	r();
}), pe = (e, t, n) => {
	let r, i = 0;
	n = n === null ? t : n;
	let a = (...t) => {
		clearTimeout(r), r = setTimeout(() => {
			i > 0 && (e(...t), i = 0);
		}, n);
	}, o = !1, s = (...n) => {
		o ? (i++, a(...n)) : (e(...n), a(...n), o = !0, i = 0, setTimeout(() => {
			o = !1;
		}, t));
	};
	return s.reset = () => {
		o = !1;
	}, s.cancel = () => {
		clearTimeout(r);
	}, s.now = (...t) => e(...t), s;
}, me = 1e-6, he = typeof Float32Array < "u" ? Float32Array : Array;
function ge() {
	var e = new he(16);
	return he != Float32Array && (e[1] = 0, e[2] = 0, e[3] = 0, e[4] = 0, e[6] = 0, e[7] = 0, e[8] = 0, e[9] = 0, e[11] = 0, e[12] = 0, e[13] = 0, e[14] = 0), e[0] = 1, e[5] = 1, e[10] = 1, e[15] = 1, e;
}
function _e(e) {
	var t = new he(16);
	return t[0] = e[0], t[1] = e[1], t[2] = e[2], t[3] = e[3], t[4] = e[4], t[5] = e[5], t[6] = e[6], t[7] = e[7], t[8] = e[8], t[9] = e[9], t[10] = e[10], t[11] = e[11], t[12] = e[12], t[13] = e[13], t[14] = e[14], t[15] = e[15], t;
}
function ve(e, t) {
	var n = t[0], r = t[1], i = t[2], a = t[3], o = t[4], s = t[5], c = t[6], l = t[7], u = t[8], d = t[9], f = t[10], p = t[11], m = t[12], h = t[13], g = t[14], _ = t[15], v = n * s - r * o, y = n * c - i * o, b = n * l - a * o, x = r * c - i * s, S = r * l - a * s, C = i * l - a * c, w = u * h - d * m, T = u * g - f * m, E = u * _ - p * m, D = d * g - f * h, O = d * _ - p * h, k = f * _ - p * g, A = v * k - y * O + b * D + x * E - S * T + C * w;
	return A ? (A = 1 / A, e[0] = (s * k - c * O + l * D) * A, e[1] = (i * O - r * k - a * D) * A, e[2] = (h * C - g * S + _ * x) * A, e[3] = (f * S - d * C - p * x) * A, e[4] = (c * E - o * k - l * T) * A, e[5] = (n * k - i * E + a * T) * A, e[6] = (g * b - m * C - _ * y) * A, e[7] = (u * C - f * b + p * y) * A, e[8] = (o * O - s * E + l * w) * A, e[9] = (r * E - n * O - a * w) * A, e[10] = (m * S - h * b + _ * v) * A, e[11] = (d * b - u * S - p * v) * A, e[12] = (s * T - o * D - c * w) * A, e[13] = (n * D - r * T + i * w) * A, e[14] = (h * y - m * x - g * v) * A, e[15] = (u * x - d * y + f * v) * A, e) : null;
}
function ye(e, t, n) {
	var r = t[0], i = t[1], a = t[2], o = t[3], s = t[4], c = t[5], l = t[6], u = t[7], d = t[8], f = t[9], p = t[10], m = t[11], h = t[12], g = t[13], _ = t[14], v = t[15], y = n[0], b = n[1], x = n[2], S = n[3];
	return e[0] = y * r + b * s + x * d + S * h, e[1] = y * i + b * c + x * f + S * g, e[2] = y * a + b * l + x * p + S * _, e[3] = y * o + b * u + x * m + S * v, y = n[4], b = n[5], x = n[6], S = n[7], e[4] = y * r + b * s + x * d + S * h, e[5] = y * i + b * c + x * f + S * g, e[6] = y * a + b * l + x * p + S * _, e[7] = y * o + b * u + x * m + S * v, y = n[8], b = n[9], x = n[10], S = n[11], e[8] = y * r + b * s + x * d + S * h, e[9] = y * i + b * c + x * f + S * g, e[10] = y * a + b * l + x * p + S * _, e[11] = y * o + b * u + x * m + S * v, y = n[12], b = n[13], x = n[14], S = n[15], e[12] = y * r + b * s + x * d + S * h, e[13] = y * i + b * c + x * f + S * g, e[14] = y * a + b * l + x * p + S * _, e[15] = y * o + b * u + x * m + S * v, e;
}
function be(e, t) {
	return e[0] = 1, e[1] = 0, e[2] = 0, e[3] = 0, e[4] = 0, e[5] = 1, e[6] = 0, e[7] = 0, e[8] = 0, e[9] = 0, e[10] = 1, e[11] = 0, e[12] = t[0], e[13] = t[1], e[14] = t[2], e[15] = 1, e;
}
function xe(e, t) {
	return e[0] = t[0], e[1] = 0, e[2] = 0, e[3] = 0, e[4] = 0, e[5] = t[1], e[6] = 0, e[7] = 0, e[8] = 0, e[9] = 0, e[10] = t[2], e[11] = 0, e[12] = 0, e[13] = 0, e[14] = 0, e[15] = 1, e;
}
function Se(e, t, n) {
	var r = n[0], i = n[1], a = n[2], o = Math.sqrt(r * r + i * i + a * a), s, c, l;
	return o < me ? null : (o = 1 / o, r *= o, i *= o, a *= o, s = Math.sin(t), c = Math.cos(t), l = 1 - c, e[0] = r * r * l + c, e[1] = i * r * l + a * s, e[2] = a * r * l - i * s, e[3] = 0, e[4] = r * i * l - a * s, e[5] = i * i * l + c, e[6] = a * i * l + r * s, e[7] = 0, e[8] = r * a * l + i * s, e[9] = i * a * l - r * s, e[10] = a * a * l + c, e[11] = 0, e[12] = 0, e[13] = 0, e[14] = 0, e[15] = 1, e);
}
function Ce(e, t) {
	return e[0] = t[12], e[1] = t[13], e[2] = t[14], e;
}
function we(e, t) {
	var n = t[0], r = t[1], i = t[2], a = t[4], o = t[5], s = t[6], c = t[8], l = t[9], u = t[10];
	return e[0] = Math.sqrt(n * n + r * r + i * i), e[1] = Math.sqrt(a * a + o * o + s * s), e[2] = Math.sqrt(c * c + l * l + u * u), e;
}
function Te() {
	var e = new he(4);
	return he != Float32Array && (e[0] = 0, e[1] = 0, e[2] = 0, e[3] = 0), e;
}
function Ee(e, t, n) {
	var r = t[0], i = t[1], a = t[2], o = t[3];
	return e[0] = n[0] * r + n[4] * i + n[8] * a + n[12] * o, e[1] = n[1] * r + n[5] * i + n[9] * a + n[13] * o, e[2] = n[2] * r + n[6] * i + n[10] * a + n[14] * o, e[3] = n[3] * r + n[7] * i + n[11] * a + n[15] * o, e;
}
(function() {
	var e = Te();
	return function(t, n, r, i, a, o) {
		var s, c;
		for (n ||= 4, r ||= 0, c = i ? Math.min(i * n + r, t.length) : t.length, s = r; s < c; s += n) e[0] = t[s], e[1] = t[s + 1], e[2] = t[s + 2], e[3] = t[s + 3], a(e, e, o), t[s] = e[0], t[s + 1] = e[1], t[s + 2] = e[2], t[s + 3] = e[3];
		return t;
	};
})();
function De() {
	var e = new he(2);
	return he != Float32Array && (e[0] = 0, e[1] = 0), e;
}
function Oe(e, t) {
	var n = e[0], r = e[1], i = t[0], a = t[1];
	return Math.abs(Math.atan2(r * i - n * a, n * i + r * a));
}
(function() {
	var e = De();
	return function(t, n, r, i, a, o) {
		var s, c;
		for (n ||= 2, r ||= 0, c = i ? Math.min(i * n + r, t.length) : t.length, s = r; s < c; s += n) e[0] = t[s], e[1] = t[s + 1], a(e, e, o), t[s] = e[0], t[s + 1] = e[1];
		return t;
	};
})();
var ke = (e = [0, 0], t = 1, n = 0, r = [0, 0], i = [[0, Infinity], [0, Infinity]], a = [[-Infinity, Infinity], [-Infinity, Infinity]]) => {
	let o = /* @__PURE__ */ new Float32Array(16), s = /* @__PURE__ */ new Float32Array(16), c = /* @__PURE__ */ new Float32Array(16), l = ge(), u = [
		...r.slice(0, 2),
		0,
		1
	], d = Array.isArray(i[0]) ? [...i[0]] : [...i], f = Array.isArray(i[0]) ? [...i[1]] : [...i], p = Array.isArray(a[0]) ? [...a[0]] : [...a], m = Array.isArray(a[0]) ? [...a[1]] : [...a], h = () => we(o, l).slice(0, 2), g = () => {
		let e = h();
		return Math.min(e[0], e[1]);
	}, _ = () => {
		let e = h();
		return Math.max(e[0], e[1]);
	}, v = () => Math.acos(l[0] / _()), y = () => [[...d], [...f]], b = () => [[...p], [...m]], x = () => {
		let e = h();
		return [1 / e[0], 1 / e[1]];
	}, S = () => 1 / g(), C = () => 1 / _(), w = () => Ce(o, l).slice(0, 2), T = () => Ee(o, u, ve(c, l)).slice(0, 2), E = () => l, D = () => u.slice(0, 2), O = ([e = 0, t = 0] = [], n = 1, r = 0) => {
		l = ge(), k([-e, -t]), j(r), A(1 / n);
	}, k = ([e = 0, t = 0] = []) => {
		o[0] = e, o[1] = t, o[2] = 0;
		let n = be(s, o);
		ye(l, n, l);
	}, A = (e, t) => {
		let n = Array.isArray(e), r = n ? e[0] : e, i = n ? e[1] : e;
		if (r <= 0 || i <= 0 || r === 1 && i === 1) return;
		let a = h(), p = a[0] * r, m = a[1] * i;
		if (r = Math.max(d[0], Math.min(p, d[1])) / a[0], i = Math.max(f[0], Math.min(m, f[1])) / a[1], r === 1 && i === 1) return;
		o[0] = r, o[1] = i, o[2] = 1;
		let g = xe(s, o), _ = t ? [...t, 0] : u, v = be(o, _);
		ye(l, v, ye(l, g, ye(l, ve(c, v), l)));
	}, j = (e) => {
		let t = ge();
		Se(t, e, [
			0,
			0,
			1
		]), ye(l, t, l);
	}, M = (e) => {
		let t = Array.isArray(e[0]);
		d[0] = t ? e[0][0] : e[0], d[1] = t ? e[0][1] : e[1], f[0] = t ? e[1][0] : e[0], f[1] = t ? e[1][1] : e[1];
	}, N = (e) => {
		let t = Array.isArray(e[0]);
		p[0] = t ? e[0][0] : e[0], p[1] = t ? e[0][1] : e[1], m[0] = t ? e[1][0] : e[0], m[1] = t ? e[1][1] : e[1];
	}, P = (e) => {
		!e || e.length < 16 || (l = e);
	};
	return O(e, t, n), {
		get translation() {
			return w();
		},
		get target() {
			return T();
		},
		get scaling() {
			return h();
		},
		get minScaling() {
			return g();
		},
		get maxScaling() {
			return _();
		},
		get scaleBounds() {
			return y();
		},
		get translationBounds() {
			return b();
		},
		get distance() {
			return x();
		},
		get minDistance() {
			return S();
		},
		get maxDistance() {
			return C();
		},
		get rotation() {
			return v();
		},
		get view() {
			return E();
		},
		get viewCenter() {
			return D();
		},
		lookAt: O,
		translate: k,
		pan: k,
		rotate: j,
		scale: A,
		zoom: A,
		reset: () => {
			O(e, t, n);
		},
		set: (...e) => (console.warn("`set()` is deprecated. Please use `setView()` instead."), P(...e)),
		setScaleBounds: M,
		setTranslationBounds: N,
		setView: P,
		setViewCenter: (e) => {
			u = [
				...e.slice(0, 2),
				0,
				1
			];
		}
	};
}, Ae = ["pan", "rotate"], je = {
	alt: "altKey",
	cmd: "metaKey",
	ctrl: "ctrlKey",
	meta: "metaKey",
	shift: "shiftKey"
}, Me = (e, { distance: t = 1, target: n = [0, 0], rotation: r = 0, isNdc: i = !0, isFixed: a = !1, isPan: o = !0, isPanInverted: s = [!1, !0], panSpeed: c = 1, isRotate: l = !0, rotateSpeed: u = 1, defaultMouseDownMoveAction: d = "pan", mouseDownMoveModKey: f = "alt", isZoom: p = !0, zoomSpeed: m = 1, viewCenter: h, scaleBounds: g, translationBounds: _, onKeyDown: v = () => {}, onKeyUp: y = () => {}, onMouseDown: b = () => {}, onMouseUp: x = () => {}, onMouseMove: S = () => {}, onWheel: C = () => {} } = {}) => {
	let w = ke(n, t, r, h, g, _), T = 0, E = 0, D = 0, O = 0, k = 0, A = 0, j = !1, M = 0, N = 1, P = 1, F = 1, I = !1, L = !1, R = !1, z = d === "pan", B = o, ee = o, V = s, te = s, ne = p, H = p, re = () => {
		B = Array.isArray(o) ? !!o[0] : o, ee = Array.isArray(o) ? !!o[1] : o, V = Array.isArray(s) ? !!s[0] : s, te = Array.isArray(s) ? !!s[1] : s, ne = Array.isArray(p) ? !!p[0] : p, H = Array.isArray(p) ? !!p[1] : p;
	};
	re();
	let U = i ? (e) => e / N * 2 * F : (e) => e, ie = i ? (e) => e / P * 2 : (e) => -e, W = i ? (e) => (-1 + e / N * 2) * F : (e) => e, ae = i ? (e) => 1 - e / P * 2 : (e) => e, oe = () => {
		if (a) {
			let e = L;
			return L = !1, e;
		}
		I = !1;
		let e = T, t = E;
		if ((B || ee) && j && (z && !R || !z && R)) {
			let n = V ? k - e : e - k, r = B ? U(c * n) : 0, i = te ? A - t : t - A, a = ee ? ie(c * i) : 0;
			(r !== 0 || a !== 0) && (w.pan([r, a]), I = !0);
		}
		if ((ne || H) && M) {
			let e = m * Math.exp(M / P), t = W(D), n = ae(O);
			w.scale([ne ? 1 / e : 1, H ? 1 / e : 1], [t, n]), I = !0;
		}
		if (l && j && (z && R || !z && !R) && Math.abs(k - e) + Math.abs(A - t) > 0) {
			let n = N / 2, r = P / 2, i = k - n, a = r - A, o = e - n, s = r - t, c = Oe([i, a], [o, s]), l = i * s - o * a;
			w.rotate(u * c * Math.sign(l)), I = !0;
		}
		M = 0, k = e, A = t;
		let n = I || L;
		return L = !1, n;
	}, G = ({ defaultMouseDownMoveAction: e = null, isFixed: t = null, isPan: n = null, isPanInverted: r = null, isRotate: i = null, isZoom: h = null, panSpeed: g = null, rotateSpeed: _ = null, zoomSpeed: v = null, mouseDownMoveModKey: y = null } = {}) => {
		d = e !== null && Ae.includes(e) ? e : d, z = d === "pan", a = t === null ? a : t, o = n === null ? o : n, s = r === null ? s : r, l = i === null ? l : i, p = h === null ? p : h, c = +g > 0 ? g : c, u = +_ > 0 ? _ : u, m = +v > 0 ? v : m, re(), f = y !== null && Object.keys(je).includes(y) ? y : f;
	}, se = () => {
		let t = e.getBoundingClientRect();
		N = t.width, P = t.height, F = N / P;
	}, ce = (e) => {
		R = !1, y(e);
	}, K = (e) => {
		R = e[je[f]], v(e);
	}, le = (e) => {
		j = !1, x(e);
	}, q = (e) => {
		j = e.buttons === 1, b(e);
	}, ue = document.createEvent("MouseEvent").offsetX === void 0 ? (t) => {
		let n = e.getBoundingClientRect();
		D = t.clientX - n.left, O = t.clientY - n.top;
	} : (e) => {
		D = e.offsetX, O = e.offsetY;
	}, J = (e) => {
		T = e.clientX, E = e.clientY;
	}, de = (e) => {
		J(e), S(e);
	}, fe = (e) => {
		if ((ne || H) && !a) {
			e.preventDefault(), J(e), ue(e);
			let t = e.deltaMode === 1 ? 12 : 1;
			M += t * (e.deltaY || e.deltaX || 0);
		}
		C(e);
	};
	window.addEventListener("keydown", K, { passive: !0 }), window.addEventListener("keyup", ce, { passive: !0 }), e.addEventListener("mousedown", q, { passive: !0 }), window.addEventListener("mouseup", le, { passive: !0 }), window.addEventListener("mousemove", de, { passive: !0 }), e.addEventListener("wheel", fe, { passive: !1 }), w.config = G, w.dispose = () => {
		w = void 0, window.removeEventListener("keydown", K), window.removeEventListener("keyup", ce), e.removeEventListener("mousedown", q), window.removeEventListener("mouseup", le), window.removeEventListener("mousemove", de), e.removeEventListener("wheel", fe);
	}, w.refresh = se, w.tick = oe;
	let pe = (e) => function() {
		e.apply(null, arguments), L = !0;
	};
	return w.lookAt = pe(w.lookAt), w.translate = pe(w.translate), w.pan = pe(w.pan), w.rotate = pe(w.rotate), w.scale = pe(w.scale), w.zoom = pe(w.zoom), w.reset = pe(w.reset), w.set = pe(w.set), w.setScaleBounds = pe(w.setScaleBounds), w.setTranslationBounds = pe(w.setTranslationBounds), w.setView = pe(w.setView), w.setViewCenter = pe(w.setViewCenter), se(), w;
};
function Ne(e, t, n = 2) {
	let r = e.length, i = Pe(e, 0, r, n, !0), a = [];
	if (!i || i.next === i.prev) return a;
	let o, s, c;
	if (e.length > 80 * n) {
		o = e[0], s = e[1];
		let t = o, i = s;
		for (let a = n; a < r; a += n) {
			let n = e[a], r = e[a + 1];
			n < o && (o = n), r < s && (s = r), n > t && (t = n), r > i && (i = r);
		}
		c = Math.max(t - o, i - s), c = c === 0 ? 0 : 32767 / c;
	}
	return Ie(i, a, n, o, s, c, 0), a;
}
function Pe(e, t, n, r, i) {
	let a;
	if (i === nt(e, t, n, r) > 0) for (let i = t; i < n; i += r) a = $e(i / r | 0, e[i], e[i + 1], a);
	else for (let i = n - r; i >= t; i -= r) a = $e(i / r | 0, e[i], e[i + 1], a);
	return a && Ke(a, a.next) && (et(a), a = a.next), a;
}
function Fe(e, t) {
	if (!e) return e;
	t ||= e;
	let n = e, r;
	do
		if (r = !1, !n.steiner && (Ke(n, n.next) || Ge(n.prev, n, n.next) === 0)) {
			if (et(n), n = t = n.prev, n === n.next) break;
			r = !0;
		} else n = n.next;
	while (r || n !== t);
	return t;
}
function Ie(e, t, n, r, i, a, o) {
	if (!e) return;
	!o && a && Ve(e, r, i, a);
	let s = e;
	for (; e.prev !== e.next;) {
		let c = e.prev, l = e.next;
		if (a ? Re(e, r, i, a) : Le(e)) t.push(c.i, e.i, l.i), et(e), e = l.next, s = l.next;
		else if (e = l, e === s) {
			o ? o === 1 ? (e = ze(Fe(e), t), Ie(e, t, n, r, i, a, 2)) : o === 2 && Be(e, t, n, r, i, a) : Ie(Fe(e), t, n, r, i, a, 1);
			break;
		}
	}
}
function Le(e) {
	let t = e.prev, n = e, r = e.next;
	if (Ge(t, n, r) >= 0) return !1;
	let i = t.x, a = n.x, o = r.x, s = t.y, c = n.y, l = r.y, u = Math.min(i, a, o), d = Math.min(s, c, l), f = Math.max(i, a, o), p = Math.max(s, c, l), m = r.next;
	for (; m !== t;) {
		if (m.x >= u && m.x <= f && m.y >= d && m.y <= p && Ue(i, s, a, c, o, l, m.x, m.y) && Ge(m.prev, m, m.next) >= 0) return !1;
		m = m.next;
	}
	return !0;
}
function Re(e, t, n, r) {
	let i = e.prev, a = e, o = e.next;
	if (Ge(i, a, o) >= 0) return !1;
	let s = i.x, c = a.x, l = o.x, u = i.y, d = a.y, f = o.y, p = Math.min(s, c, l), m = Math.min(u, d, f), h = Math.max(s, c, l), g = Math.max(u, d, f), _ = X(p, m, t, n, r), v = X(h, g, t, n, r), y = e.prevZ, b = e.nextZ;
	for (; y && y.z >= _ && b && b.z <= v;) {
		if (y.x >= p && y.x <= h && y.y >= m && y.y <= g && y !== i && y !== o && Ue(s, u, c, d, l, f, y.x, y.y) && Ge(y.prev, y, y.next) >= 0 || (y = y.prevZ, b.x >= p && b.x <= h && b.y >= m && b.y <= g && b !== i && b !== o && Ue(s, u, c, d, l, f, b.x, b.y) && Ge(b.prev, b, b.next) >= 0)) return !1;
		b = b.nextZ;
	}
	for (; y && y.z >= _;) {
		if (y.x >= p && y.x <= h && y.y >= m && y.y <= g && y !== i && y !== o && Ue(s, u, c, d, l, f, y.x, y.y) && Ge(y.prev, y, y.next) >= 0) return !1;
		y = y.prevZ;
	}
	for (; b && b.z <= v;) {
		if (b.x >= p && b.x <= h && b.y >= m && b.y <= g && b !== i && b !== o && Ue(s, u, c, d, l, f, b.x, b.y) && Ge(b.prev, b, b.next) >= 0) return !1;
		b = b.nextZ;
	}
	return !0;
}
function ze(e, t) {
	let n = e;
	do {
		let r = n.prev, i = n.next.next;
		!Ke(r, i) && Z(r, n, n.next, i) && Xe(r, i) && Xe(i, r) && (t.push(r.i, n.i, i.i), et(n), et(n.next), n = e = i), n = n.next;
	} while (n !== e);
	return Fe(n);
}
function Be(e, t, n, r, i, a) {
	let o = e;
	do {
		let e = o.next.next;
		for (; e !== o.prev;) {
			if (o.i !== e.i && We(o, e)) {
				let s = Qe(o, e);
				o = Fe(o, o.next), s = Fe(s, s.next), Ie(o, t, n, r, i, a, 0), Ie(s, t, n, r, i, a, 0);
				return;
			}
			e = e.next;
		}
		o = o.next;
	} while (o !== e);
}
function Ve(e, t, n, r) {
	let i = e;
	do
		i.z === 0 && (i.z = X(i.x, i.y, t, n, r)), i.prevZ = i.prev, i.nextZ = i.next, i = i.next;
	while (i !== e);
	i.prevZ.nextZ = null, i.prevZ = null, Y(i);
}
function Y(e) {
	let t, n = 1;
	do {
		let r = e, i;
		e = null;
		let a = null;
		for (t = 0; r;) {
			t++;
			let o = r, s = 0;
			for (let e = 0; e < n && (s++, o = o.nextZ, o); e++);
			let c = n;
			for (; s > 0 || c > 0 && o;) s !== 0 && (c === 0 || !o || r.z <= o.z) ? (i = r, r = r.nextZ, s--) : (i = o, o = o.nextZ, c--), a ? a.nextZ = i : e = i, i.prevZ = a, a = i;
			r = o;
		}
		a.nextZ = null, n *= 2;
	} while (t > 1);
	return e;
}
function X(e, t, n, r, i) {
	return e = (e - n) * i | 0, t = (t - r) * i | 0, e = (e | e << 8) & 16711935, e = (e | e << 4) & 252645135, e = (e | e << 2) & 858993459, e = (e | e << 1) & 1431655765, t = (t | t << 8) & 16711935, t = (t | t << 4) & 252645135, t = (t | t << 2) & 858993459, t = (t | t << 1) & 1431655765, e | t << 1;
}
function He(e, t, n, r, i, a, o, s) {
	return (i - o) * (t - s) >= (e - o) * (a - s) && (e - o) * (r - s) >= (n - o) * (t - s) && (n - o) * (a - s) >= (i - o) * (r - s);
}
function Ue(e, t, n, r, i, a, o, s) {
	return (e !== o || t !== s) && He(e, t, n, r, i, a, o, s);
}
function We(e, t) {
	return e.next.i !== t.i && e.prev.i !== t.i && !Ye(e, t) && (Xe(e, t) && Xe(t, e) && Ze(e, t) && (Ge(e.prev, e, t.prev) || Ge(e, t.prev, t)) || Ke(e, t) && Ge(e.prev, e, e.next) > 0 && Ge(t.prev, t, t.next) > 0);
}
function Ge(e, t, n) {
	return (t.y - e.y) * (n.x - t.x) - (t.x - e.x) * (n.y - t.y);
}
function Ke(e, t) {
	return e.x === t.x && e.y === t.y;
}
function Z(e, t, n, r) {
	let i = Je(Ge(e, t, n)), a = Je(Ge(e, t, r)), o = Je(Ge(n, r, e)), s = Je(Ge(n, r, t));
	return !!(i !== a && o !== s || i === 0 && qe(e, n, t) || a === 0 && qe(e, r, t) || o === 0 && qe(n, e, r) || s === 0 && qe(n, t, r));
}
function qe(e, t, n) {
	return t.x <= Math.max(e.x, n.x) && t.x >= Math.min(e.x, n.x) && t.y <= Math.max(e.y, n.y) && t.y >= Math.min(e.y, n.y);
}
function Je(e) {
	return e > 0 ? 1 : e < 0 ? -1 : 0;
}
function Ye(e, t) {
	let n = e;
	do {
		if (n.i !== e.i && n.next.i !== e.i && n.i !== t.i && n.next.i !== t.i && Z(n, n.next, e, t)) return !0;
		n = n.next;
	} while (n !== e);
	return !1;
}
function Xe(e, t) {
	return Ge(e.prev, e, e.next) < 0 ? Ge(e, t, e.next) >= 0 && Ge(e, e.prev, t) >= 0 : Ge(e, t, e.prev) < 0 || Ge(e, e.next, t) < 0;
}
function Ze(e, t) {
	let n = e, r = !1, i = (e.x + t.x) / 2, a = (e.y + t.y) / 2;
	do
		n.y > a != n.next.y > a && n.next.y !== n.y && i < (n.next.x - n.x) * (a - n.y) / (n.next.y - n.y) + n.x && (r = !r), n = n.next;
	while (n !== e);
	return r;
}
function Qe(e, t) {
	let n = tt(e.i, e.x, e.y), r = tt(t.i, t.x, t.y), i = e.next, a = t.prev;
	return e.next = t, t.prev = e, n.next = i, i.prev = n, r.next = n, n.prev = r, a.next = r, r.prev = a, r;
}
function $e(e, t, n, r) {
	let i = tt(e, t, n);
	return r ? (i.next = r.next, i.prev = r, r.next.prev = i, r.next = i) : (i.prev = i, i.next = i), i;
}
function et(e) {
	e.next.prev = e.prev, e.prev.next = e.next, e.prevZ && (e.prevZ.nextZ = e.nextZ), e.nextZ && (e.nextZ.prevZ = e.prevZ);
}
function tt(e, t, n) {
	return {
		i: e,
		x: t,
		y: n,
		prev: null,
		next: null,
		z: 0,
		prevZ: null,
		nextZ: null,
		steiner: !1
	};
}
function nt(e, t, n, r) {
	let i = 0;
	for (let a = t, o = n - r; a < n; a += r) i += (e[o] - e[a]) * (e[a + 1] + e[o + 1]), o = a;
	return i;
}
var rt = "\nprecision mediump float;\nvarying vec4 color;\nvoid main() {\n  gl_FragColor = color;\n}", it = "\nuniform mat4 projectionViewModel;\nuniform float aspectRatio;\n\nuniform sampler2D colorTex;\nuniform float colorTexRes;\nuniform float colorTexEps;\nuniform float width;\nuniform float useOpacity;\nuniform float useColorOpacity;\nuniform int miter;\n\nattribute vec3 prevPosition;\nattribute vec3 currPosition;\nattribute vec3 nextPosition;\nattribute float opacity;\nattribute float offsetScale;\nattribute float colorIndex;\n\nvarying vec4 color;\n\nvoid main() {\n  vec2 aspectVec = vec2(aspectRatio, 1.0);\n  vec4 prevProjected = projectionViewModel * vec4(prevPosition, 1.0);\n  vec4 currProjected = projectionViewModel * vec4(currPosition, 1.0);\n  vec4 nextProjected = projectionViewModel * vec4(nextPosition, 1.0);\n\n  // get 2D screen space with W divide and aspect correction\n  vec2 prevScreen = prevProjected.xy / prevProjected.w * aspectVec;\n  vec2 currScreen = currProjected.xy / currProjected.w * aspectVec;\n  vec2 nextScreen = nextProjected.xy / nextProjected.w * aspectVec;\n\n  float len = width;\n\n  // starting point uses (next - current)\n  vec2 dir = vec2(0.0);\n  if (currScreen == prevScreen) {\n    dir = normalize(nextScreen - currScreen);\n  }\n  // ending point uses (current - previous)\n  else if (currScreen == nextScreen) {\n    dir = normalize(currScreen - prevScreen);\n  }\n  // somewhere in middle, needs a join\n  else {\n    // get directions from (C - B) and (B - A)\n    vec2 dirA = normalize((currScreen - prevScreen));\n    if (miter == 1) {\n      vec2 dirB = normalize((nextScreen - currScreen));\n      // now compute the miter join normal and length\n      vec2 tangent = normalize(dirA + dirB);\n      vec2 perp = vec2(-dirA.y, dirA.x);\n      vec2 miter = vec2(-tangent.y, tangent.x);\n      len = width / dot(miter, perp);\n      dir = tangent;\n    } else {\n      dir = dirA;\n    }\n  }\n\n  vec2 normal = vec2(-dir.y, dir.x) * len;\n  normal.x /= aspectRatio;\n  vec4 offset = vec4(normal * offsetScale, 0.0, 0.0);\n  gl_Position = currProjected + offset;\n\n  // Get color from texture\n  float colorRowIndex = floor((colorIndex + colorTexEps) / colorTexRes);\n  vec2 colorTexIndex = vec2(\n    (colorIndex / colorTexRes) - colorRowIndex + colorTexEps,\n    colorRowIndex / colorTexRes + colorTexEps\n  );\n\n  color = texture2D(colorTex, colorTexIndex);\n  color.a = useColorOpacity * color.a + useOpacity * opacity;\n}", at = new Float32Array([
	1,
	0,
	0,
	0,
	0,
	1,
	0,
	0,
	0,
	0,
	1,
	0,
	0,
	0,
	0,
	1
]), ot = Float32Array.BYTES_PER_ELEMENT, st = (e) => e !== void 0 && Number.isFinite(e), ct = (e) => e.length > 0 && Array.isArray(e[0]), { push: lt, splice: ut } = Array.prototype, dt = (e, t = []) => {
	let n = 0;
	for (let r of e) {
		for (let e = 0; e < r - 1; e++) {
			let r = n + e * 2, i = r + 1, a = r + 2, o = r + 3;
			t.push(r, i, a, a, i, o);
		}
		n += (r + 2) * 2;
	}
	return t;
};
function ft(e, t = 1, n = 1) {
	let r = [], i = Array(t * 2);
	for (let a = 0, o = e.length / t; a < o; a++) {
		let o = a * t;
		for (let r = 0; r < t; r++) {
			let a = e[o + r];
			i[r] = a, i[r + t] = a * n;
		}
		lt.apply(r, i);
	}
	return r;
}
function pt(e, t, n, r) {
	let i = Array(r), a = t * r;
	for (let t = 0; t < r; t++) i[t] = e[a + t];
	return ut.call(e, n * r, 0, ...i), e;
}
function mt(e, t, n, r = 0) {
	let i = [], a = Array(n).fill(r);
	for (let n = 0, r = e.length / t; n < r; n++) {
		let r = n * t;
		for (let n = 0; n < t; n++) a[n] = e[r + n];
		lt.apply(i, a);
	}
	return i;
}
var ht = (e, { projection: t = at, model: n = at, view: r = at, points: i = [], colorIndices: a = [], color: o = [
	.8,
	.5,
	0,
	1
], opacity: s = null, opacities: c = [], width: l = 1, widths: u = [], miter: d = !0, is2d: f = !1, zPos2d: p = 0 } = {}) => {
	if (!e) {
		console.error("Regl instance is undefined.");
		return;
	}
	let m = /* @__PURE__ */ new Float32Array(16), h, g, _, v, y, b, x, S, C, w, T, E, D, O, k, A, j, M, N = f ? 2 : 3, P = () => +(c.length === g || s !== null), F = () => {
		w = e.buffer(), T = e.buffer(), E = e.buffer(), k = e.buffer(), A = {
			prevPosition: {
				buffer: (() => w),
				offset: 0,
				stride: ot * 3
			},
			currPosition: {
				buffer: (() => w),
				offset: ot * 3 * 2,
				stride: ot * 3
			},
			nextPosition: {
				buffer: (() => w),
				offset: ot * 3 * 4,
				stride: ot * 3
			},
			opacity: {
				buffer: (() => T),
				offset: ot * 2,
				stride: ot
			},
			offsetScale: {
				buffer: (() => E),
				offset: ot * 2,
				stride: ot
			},
			colorIndex: {
				buffer: (() => k),
				offset: ot * 2,
				stride: ot
			}
		}, j = e.elements(), M = e({
			attributes: A,
			depth: { enable: !f },
			blend: {
				enable: !0,
				func: {
					srcRGB: "src alpha",
					srcAlpha: "one",
					dstRGB: "one minus src alpha",
					dstAlpha: "one minus src alpha"
				}
			},
			uniforms: {
				projectionViewModel: (e, t) => {
					let n = e.projection || t.projection, r = e.model || t.model, i = e.view || t.view;
					return ye(m, n, ye(m, i, r));
				},
				aspectRatio: ({ viewportWidth: e, viewportHeight: t }) => e / t,
				colorTex: () => D,
				colorTexRes: () => O,
				colorTexEps: () => .5 / O,
				pixelRatio: ({ pixelRatio: e }) => e,
				width: ({ pixelRatio: e, viewportHeight: t }) => l / t * e,
				useOpacity: P,
				useColorOpacity: () => Number(!P()),
				miter: Number(!!d)
			},
			elements: () => j,
			vert: it,
			frag: rt
		});
	}, I = () => {
		h === 1 && i.length % N > 0 && console.warn(`The length of points (${g}) does not match the dimensions (${N}). Incomplete points are ignored.`), v = i.flat().slice(0, g * N), f && (v = mt(v, 2, 3, p)), a.length !== g && (a = Array(g).fill(0)), u.length !== g && (u = Array(g).fill(1));
		let e = a.slice(), t = c.length === g ? c.slice() : Array(g).fill(s === null ? 1 : s), n = u.slice(), r = 0;
		for (let i of _) {
			let a = r + i - 1;
			pt(v, a, a, 3), pt(v, r, r, 3), pt(e, a, a, 1), pt(e, r, r, 1), pt(t, a, a, 1), pt(t, r, r, 1), pt(n, a, a, 1), pt(n, r, r, 1), r += i + 2;
		}
		y = new Float32Array(ft(v, 3)), b = ft(e), x = ft(t), S = ft(n, 1, -1), C = dt(_), w({
			usage: "dynamic",
			type: "float",
			length: y.length * ot,
			data: y
		}), T({
			usage: "dynamic",
			type: "float",
			length: x.length * ot,
			data: x
		}), E({
			usage: "dynamic",
			type: "float",
			length: S.length * ot,
			data: S
		}), k({
			usage: "dynamic",
			type: "float",
			length: b.length * ot,
			data: b
		}), j({
			primitive: "triangles",
			usage: "dynamic",
			type: C.length > 2 ** 16 ? "uint32" : "uint16",
			data: C
		});
	}, L = () => {
		R(), F();
	}, R = () => {
		i = [], v = [], y = /* @__PURE__ */ new Float32Array(), S = [], C = [], w.destroy(), E.destroy(), j.destroy();
	}, z = ({ projection: e, model: a, view: o } = {}) => {
		e && (t = e), a && (n = a), o && (r = o), i && i.length > 1 && M({
			projection: t,
			model: n,
			view: r
		});
	}, B = (e, t) => {
		let n = t.flat(2);
		return n.length === g ? n : n.length === h ? _.flatMap((e, t) => Array(e).fill(n[t])) : e;
	}, ee = () => i, V = (e = [], { colorIndices: t = a, opacities: n = c, widths: r = u, is2d: o = f } = {}) => {
		i = e, f = o, N = f ? 2 : 3, h = ct(i) ? i.length : 1, _ = ct(i) ? i.map((e) => Math.floor(e.length / N)) : [Math.floor(i.length / N)], g = _.reduce((e, t) => e + t, 0), a = B(a, t), c = B(c, n), u = B(u, r), i && g > 1 ? I() : L();
	}, te = () => {
		let t = ct(o) ? o : [o];
		O = Math.max(2, Math.ceil(Math.sqrt(t.length)));
		let n = new Uint8Array(O ** 2 * 4);
		t.forEach((e, t) => {
			n[t * 4] = Math.min(255, Math.max(0, Math.round(e[0] * 255))), n[t * 4 + 1] = Math.min(255, Math.max(0, Math.round(e[1] * 255))), n[t * 4 + 2] = Math.min(255, Math.max(0, Math.round(e[2] * 255))), n[t * 4 + 3] = Number.isNaN(+e[3]) ? 255 : Math.min(255, Math.max(0, Math.round(e[3] * 255)));
		}), D = e.texture({
			data: n,
			shape: [
				O,
				O,
				4
			]
		});
	}, ne = (e, t = s) => {
		o = e, s = t, D && D.destroy(), te();
	};
	return F(), te(), i && i.length > 1 && V(i), {
		clear: L,
		destroy: R,
		draw: z,
		getPoints: ee,
		setPoints: V,
		getData: () => ({
			points: y,
			widths: S,
			opacities: x,
			colorIndices: b
		}),
		getBuffer: () => ({
			points: w,
			widths: E,
			opacities: T,
			colorIndices: k
		}),
		getStyle: () => ({
			color: o,
			miter: d,
			width: l
		}),
		setStyle: ({ color: e, opacity: t, miter: n, width: r } = {}) => {
			e && ne(e, t || s), n && (d = !!n), st(r) && (l = r);
		}
	};
}, gt = "1.16.0", _t = "\nprecision mediump float;\n\nuniform sampler2D texture;\n\nvarying vec2 uv;\n\nvoid main () {\n  gl_FragColor = texture2D(texture, uv);\n}\n", vt = "\nprecision mediump float;\n\nuniform mat4 modelViewProjection;\n\nattribute vec2 position;\n\nvarying vec2 uv;\n\nvoid main () {\n  uv = position;\n  gl_Position = modelViewProjection * vec4(-1.0 + 2.0 * uv.x, 1.0 - 2.0 * uv.y, 0, 1);\n}\n", yt = "auto", bt = 0, xt = 1, St = 2, Ct = 3, wt = 4, Tt = Float32Array.BYTES_PER_ELEMENT, Et = [
	"OES_texture_float",
	"OES_element_index_uint",
	"WEBGL_color_buffer_float",
	"EXT_float_blend"
], Dt = {
	color: [
		0,
		0,
		0,
		0
	],
	depth: 1
}, Ot = "panZoom", kt = "lasso", At = "rotate", jt = [
	Ot,
	kt,
	At
], Mt = Ot, Nt = {
	cubicIn: V,
	cubicInOut: te,
	cubicOut: ne,
	linear: H,
	quadIn: re,
	quadInOut: U,
	quadOut: ie
}, Pt = te, Ft = "continuous", It = "categorical", Lt = [Ft, It], Rt = "deselect", zt = "lassoEnd", Bt = [Rt, zt], Vt = 3, Ht = [
	0,
	.666666667,
	1,
	1
], Ut = 2, Wt = !1, Gt = 10, Kt = 3, qt = zt, Jt = !1, Yt = 750, Xt = 500, Zt = 100, Qt = 250, $t = 24, en = "lasso", tn = "rotate", nn = "merge", rn = "remove", an = [
	en,
	tn,
	nn,
	rn
], on = "alt", sn = "cmd", cn = "ctrl", ln = "meta", un = "shift", dn = [
	on,
	sn,
	cn,
	ln,
	un
], fn = {
	[rn]: on,
	[tn]: on,
	[en]: un,
	[nn]: sn
}, pn = 1, mn = yt, hn = yt, gn = 1, _n = 1, vn = "asinh", yn = 6, bn = 2, xn = 2, Sn = null, Cn = null, wn = 2, Tn = 2, En = null, Dn = null, On = null, kn = .66, Q = 1, An = null, jn = .15, Mn = 25, Nn = 1, Pn = 1, Fn = null, In = [
	.66,
	.66,
	.66,
	Q
], Ln = [
	0,
	.55,
	1,
	1
], Rn = [
	1,
	1,
	1,
	1
], zn = [
	0,
	0,
	0,
	1
], Bn = null, Vn = [
	.66,
	.66,
	.66,
	.2
], Hn = [
	0,
	.55,
	1,
	1
], Un = [
	1,
	1,
	1,
	1
], Wn = [
	1,
	1,
	1,
	.5
], Gn = 1, Kn = 1e3, qn = [0, 0], Jn = 1, Yn = 0, Xn = new Float32Array([
	1,
	0,
	0,
	0,
	0,
	1,
	0,
	0,
	0,
	0,
	1,
	0,
	0,
	0,
	0,
	1
]), Zn = "IMAGE_LOAD_ERROR", Qn = null, $n = !1, er = [
	1,
	1,
	1,
	.5
], tr = !0, nr = !0, rr = !1, ir = 100, ar = 1 / 500, or = "auto", sr = !1, cr = 200, lr = 500, ur = /* @__PURE__ */ new Set([
	"z",
	"valueZ",
	"valueA",
	"value1",
	"category"
]), dr = /* @__PURE__ */ new Set([
	"w",
	"valueW",
	"valueB",
	"value2",
	"value"
]), fr = 15e3, pr = void 0, mr = !1, hr = .5, gr = !1, _r = "lasso", vr = Symbol("SKIP_DEPRECATION_VALUE_TRANSLATION"), yr = "Points have not been drawn", br = "The instance was already destroyed", xr = "Ignoring draw call as the previous draw call has not yet finished. To avoid this warning `await` the draw call.", Sr = () => {
	let e = [
		Int8Array,
		Uint8Array,
		Uint8ClampedArray,
		Int16Array,
		Uint16Array,
		Int32Array,
		Uint32Array,
		Float32Array,
		Float64Array
	];
	class t {
		static from(n) {
			if (!(n instanceof ArrayBuffer)) throw Error("Data must be an instance of ArrayBuffer.");
			let [r, i] = new Uint8Array(n, 0, 2);
			if (r !== 219) throw Error("Data does not appear to be in a KDBush format.");
			let a = i >> 4;
			if (a !== 1) throw Error(`Got v${a} data when expected v1.`);
			let o = e[i & 15];
			if (!o) throw Error("Unrecognized array type.");
			let [s] = new Uint16Array(n, 2, 1), [c] = new Uint32Array(n, 4, 1);
			return new t(c, s, o, n);
		}
		constructor(t, n = 64, r = Float64Array, i) {
			if (isNaN(t) || t < 0) throw Error(`Unexpected numItems value: ${t}.`);
			this.numItems = +t, this.nodeSize = Math.min(Math.max(+n, 2), 65535), this.ArrayType = r, this.IndexArrayType = t < 65536 ? Uint16Array : Uint32Array;
			let a = e.indexOf(this.ArrayType), o = t * 2 * this.ArrayType.BYTES_PER_ELEMENT, s = t * this.IndexArrayType.BYTES_PER_ELEMENT, c = (8 - s % 8) % 8;
			if (a < 0) throw Error(`Unexpected typed array class: ${r}.`);
			i && i instanceof ArrayBuffer ? (this.data = i, this.ids = new this.IndexArrayType(this.data, 8, t), this.coords = new this.ArrayType(this.data, 8 + s + c, t * 2), this._pos = t * 2, this._finished = !0) : (this.data = new ArrayBuffer(8 + o + s + c), this.ids = new this.IndexArrayType(this.data, 8, t), this.coords = new this.ArrayType(this.data, 8 + s + c, t * 2), this._pos = 0, this._finished = !1, new Uint8Array(this.data, 0, 2).set([219, 16 + a]), new Uint16Array(this.data, 2, 1)[0] = n, new Uint32Array(this.data, 4, 1)[0] = t);
		}
		add(e, t) {
			let n = this._pos >> 1;
			return this.ids[n] = n, this.coords[this._pos++] = e, this.coords[this._pos++] = t, n;
		}
		finish() {
			let e = this._pos >> 1;
			if (e !== this.numItems) throw Error(`Added ${e} items when expected ${this.numItems}.`);
			return n(this.ids, this.coords, this.nodeSize, 0, this.numItems - 1, 0), this._finished = !0, this;
		}
		range(e, t, n, r) {
			if (!this._finished) throw Error("Data not yet indexed - call index.finish().");
			let { ids: i, coords: a, nodeSize: o } = this, s = [
				0,
				i.length - 1,
				0
			], c = [];
			for (; s.length;) {
				let l = s.pop() || 0, u = s.pop() || 0, d = s.pop() || 0;
				if (u - d <= o) {
					for (let o = d; o <= u; o++) {
						let s = a[2 * o], l = a[2 * o + 1];
						s >= e && s <= n && l >= t && l <= r && c.push(i[o]);
					}
					continue;
				}
				let f = d + u >> 1, p = a[2 * f], m = a[2 * f + 1];
				p >= e && p <= n && m >= t && m <= r && c.push(i[f]), (l === 0 ? e <= p : t <= m) && (s.push(d), s.push(f - 1), s.push(1 - l)), (l === 0 ? n >= p : r >= m) && (s.push(f + 1), s.push(u), s.push(1 - l));
			}
			return c;
		}
		within(e, t, n) {
			if (!this._finished) throw Error("Data not yet indexed - call index.finish().");
			let { ids: r, coords: i, nodeSize: a } = this, s = [
				0,
				r.length - 1,
				0
			], c = [], l = n * n;
			for (; s.length;) {
				let u = s.pop() || 0, d = s.pop() || 0, f = s.pop() || 0;
				if (d - f <= a) {
					for (let n = f; n <= d; n++) o(i[2 * n], i[2 * n + 1], e, t) <= l && c.push(r[n]);
					continue;
				}
				let p = f + d >> 1, m = i[2 * p], h = i[2 * p + 1];
				o(m, h, e, t) <= l && c.push(r[p]), (u === 0 ? e - n <= m : t - n <= h) && (s.push(f), s.push(p - 1), s.push(1 - u)), (u === 0 ? e + n >= m : t + n >= h) && (s.push(p + 1), s.push(d), s.push(1 - u));
			}
			return c;
		}
	}
	function n(e, t, i, a, o, s) {
		if (o - a <= i) return;
		let c = a + o >> 1;
		r(e, t, c, a, o, s), n(e, t, i, a, c - 1, 1 - s), n(e, t, i, c + 1, o, 1 - s);
	}
	function r(e, t, n, a, o, s) {
		for (; o > a;) {
			if (o - a > 600) {
				let i = o - a + 1, c = n - a + 1, l = Math.log(i), u = .5 * Math.exp(2 * l / 3), d = .5 * Math.sqrt(l * u * (i - u) / i) * (c - i / 2 < 0 ? -1 : 1);
				r(e, t, n, Math.max(a, Math.floor(n - c * u / i + d)), Math.min(o, Math.floor(n + (i - c) * u / i + d)), s);
			}
			let c = t[2 * n + s], l = a, u = o;
			for (i(e, t, a, n), t[2 * o + s] > c && i(e, t, a, o); l < u;) {
				for (i(e, t, l, u), l++, u--; t[2 * l + s] < c;) l++;
				for (; t[2 * u + s] > c;) u--;
			}
			t[2 * a + s] === c ? i(e, t, a, u) : (u++, i(e, t, u, o)), u <= n && (a = u + 1), n <= u && (o = u - 1);
		}
	}
	function i(e, t, n, r) {
		a(e, n, r), a(t, 2 * n, 2 * r), a(t, 2 * n + 1, 2 * r + 1);
	}
	function a(e, t, n) {
		let r = e[t];
		e[t] = e[n], e[n] = r;
	}
	function o(e, t, n, r) {
		let i = e - n, a = t - r;
		return i * i + a * a;
	}
	return t;
}, Cr = () => {
	addEventListener("message", (e) => {
		let t = e.data.points;
		t.length === 0 && self.postMessage({ error: /* @__PURE__ */ Error("Invalid point data") });
		let n = new KDBush(t.length, e.data.nodeSize);
		for (let [e, r] of t) n.add(e, r);
		n.finish(), postMessage(n.data, [n.data]);
	});
}, wr = Sr(), Tr = 1e6, Er = (e) => {
	let t = `const createKDBushClass = ${Sr.toString()};KDBush = createKDBushClass();const createWorker = ${e.toString()};createWorker();`, n = new Blob([t], { type: "text/javascript" }), r = URL.createObjectURL(n), i = new Worker(r, { name: "KDBush" });
	return URL.revokeObjectURL(r), i;
}, Dr = (e, t = {
	nodeSize: 16,
	useWorker: void 0
}) => new Promise((n, r) => {
	if (e instanceof ArrayBuffer) n(wr.from(e));
	else if ((e.length < Tr || t.useWorker === !1) && t.useWorker !== !0) {
		let r = new wr(e.length, t.nodeSize);
		for (let t of e) r.add(t[0], t[1]);
		r.finish(), n(r);
	} else {
		let i = Er(Cr);
		i.onmessage = (e) => {
			e.data.error ? r(e.data.error) : n(wr.from(e.data)), i.terminate();
		}, i.postMessage({
			points: e,
			nodeSize: t.nodeSize
		});
	}
}), Or = !0, kr = 8, Ar = 2, jr = "freeform", Mr = 24, Nr = 2500, Pr = 250, Fr = (e, t, n) => (1 - e) * t + n, Ir = (e, t) => `${e}ms ease-out mainIn ${t}ms 1 normal forwards`, Lr = (e, t) => `${e}ms ease-out effectIn ${t}ms 1 normal forwards`, Rr = (e, t) => `${e}ms linear leftSpinIn ${t}ms 1 normal forwards`, zr = (e, t) => `${e}ms linear rightSpinIn ${t}ms 1 normal forwards`, Br = (e, t) => `${e}ms linear circleIn ${t}ms 1 normal forwards`, Vr = (e, t, n) => `
  @keyframes mainIn {
    0% {
      color: ${t};
      opacity: 0;
    }
    0%, ${e}% {
      color: ${t};
      opacity: 1;
    }
    100% {
      color: ${n};
      opacity: 0.8;
    }
  }
`, Hr = (e, t, n, r) => `
  @keyframes effectIn {
    0%, ${e}% {
      opacity: ${n};
      transform: scale(${r});
    }
    ${t}% {
      opacity: 0.66;
      transform: scale(1.5);
    }
    99% {
      opacity: 0;
      transform: scale(2);
    }
    100% {
      opacity: 0;
      transform: scale(0);
    }
  }
`, Ur = (e, t, n) => `
  @keyframes circleIn {
    0% {
      clip-path: ${t};
      opacity: ${n};
    }
    ${e}% {
      clip-path: ${t};
      opacity: 1;
    }
    ${e + .01}%, 100% {
      clip-path: inset(0);
      opacity: 1;
    }
  }
`, Wr = (e, t) => `
  @keyframes leftSpinIn {
    0% {
      transform: rotate(${t}deg);
    }
    ${e}%, 100% {
      transform: rotate(360deg);
    }
  }
`, Gr = (e, t) => `
  @keyframes rightSpinIn {
    0% {
      transform: rotate(${t}deg);
    }
    ${e}%, 100% {
      transform: rotate(180deg);
    }
  }
`, Kr = ({ time: e = Yt, extraTime: t = Xt, delay: n = Zt, currentColor: r, targetColor: i, effectOpacity: a, effectScale: o, circleLeftRotation: s, circleRightRotation: c, circleClipPath: l, circleOpacity: u }) => {
	let d = s / 360, f = Fr(d, e, t), p = Math.round((1 - d) * e / f * 100), m = Math.round(p / 2), h = p + (100 - p) / 4;
	return {
		rules: {
			main: Vr(p, r, i),
			effect: Hr(p, h, a, o),
			circleRight: Gr(m, c),
			circleLeft: Wr(p, s),
			circle: Ur(m, l, u)
		},
		names: {
			main: Ir(f, n),
			effect: Lr(f, n),
			circleLeft: Rr(f, n),
			circleRight: zr(f, n),
			circle: Br(f, n)
		}
	};
}, qr = (e) => `${e}ms linear mainOut 0s 1 normal forwards`, Jr = (e) => `${e}ms linear effectOut 0s 1 normal forwards`, Yr = (e) => `${e}ms linear leftSpinOut 0s 1 normal forwards`, Xr = (e) => `${e}ms linear rightSpinOut 0s 1 normal forwards`, Zr = (e) => `${e}ms linear circleOut 0s 1 normal forwards`, Qr = (e, t) => `
  @keyframes mainOut {
    0% {
      color: ${e};
    }
    100% {
      color: ${t};
    }
  }
`, $r = (e, t) => `
  @keyframes effectOut {
    0% {
      opacity: ${e};
      transform: scale(${t});
    }
    99% {
      opacity: 0;
      transform: scale(${t + .5});
    }
    100% {
      opacity: 0;
      transform: scale(0);
    }
  }
`, ei = (e, t) => `
  @keyframes rightSpinOut {
    0%, ${e}% {
      transform: rotate(${t}deg);
    }
    100% {
      transform: rotate(0deg);
    }
`, ti = (e) => `
  @keyframes leftSpinOut {
    0% {
      transform: rotate(${e}deg);
    }
    100% {
      transform: rotate(0deg);
    }
  }
`, ni = (e, t, n) => `
  @keyframes circleOut {
    0%, ${e}% {
      clip-path: ${t};
      opacity: ${n};
    }
    ${e + .01}% {
      clip-path: inset(0 0 0 50%);
      opacity: ${n};
    }
    100% {
      clip-path: inset(0 0 0 50%);
      opacity: 0;
    }
  }
`, ri = ({ time: e = Qt, currentColor: t, targetColor: n, effectOpacity: r, effectScale: i, circleLeftRotation: a, circleRightRotation: o, circleClipPath: s, circleOpacity: c }) => {
	let l = a / 360, u = l * e, d = Math.min(100, l * 100), f = d > 50 ? Math.round((1 - 50 / d) * 100) : 0;
	return {
		rules: {
			main: Qr(t, n),
			effect: $r(r, i),
			circleRight: ei(f, o),
			circleLeft: ti(a),
			circle: ni(f, s, c)
		},
		names: {
			main: qr(u),
			effect: Jr(u),
			circleRight: Yr(u),
			circleLeft: Xr(u),
			circle: Zr(u)
		}
	};
}, ii = () => {
	let e = document.createElement("div");
	e.id = `lasso-long-press-${Math.random().toString(36).substring(2, 5) + Math.random().toString(36).substring(2, 5)}`, e.style.position = "fixed", e.style.width = "1.25rem", e.style.height = "1.25rem", e.style.pointerEvents = "none", e.style.transform = "translate(-50%,-50%)";
	let t = document.createElement("div");
	t.style.position = "absolute", t.style.top = 0, t.style.left = 0, t.style.width = "1.25rem", t.style.height = "1.25rem", t.style.clipPath = "inset(0px 0px 0px 50%)", t.style.opacity = 0, e.appendChild(t);
	let n = document.createElement("div");
	n.style.position = "absolute", n.style.top = 0, n.style.left = 0, n.style.width = "0.8rem", n.style.height = "0.8rem", n.style.border = "0.2rem solid currentcolor", n.style.borderRadius = "0.8rem", n.style.clipPath = "inset(0px 50% 0px 0px)", n.style.transform = "rotate(0deg)", t.appendChild(n);
	let r = document.createElement("div");
	r.style.position = "absolute", r.style.top = 0, r.style.left = 0, r.style.width = "0.8rem", r.style.height = "0.8rem", r.style.border = "0.2rem solid currentcolor", r.style.borderRadius = "0.8rem", r.style.clipPath = "inset(0px 50% 0px 0px)", r.style.transform = "rotate(0deg)", t.appendChild(r);
	let i = document.createElement("div");
	return i.style.position = "absolute", i.style.top = 0, i.style.left = 0, i.style.width = "1.25rem", i.style.height = "1.25rem", i.style.borderRadius = "1.25rem", i.style.background = "currentcolor", i.style.transform = "scale(0)", i.style.opacity = 0, e.appendChild(i), {
		longPress: e,
		longPressCircle: t,
		longPressCircleLeft: n,
		longPressCircleRight: r,
		longPressEffect: i
	};
}, ai = (e, t, n) => {
	if (e.length === 0) return 0;
	if (e.length === 1) return e[0];
	let r = 2 ** (-1 / t), i = Math.max(0, e.length - n), a = e.slice(i), o = 0, s = 0, c = 0;
	for (let e = a.length - 1; e >= 0; e--) {
		let t = r ** (a.length - 1 - e);
		o += a[e][0] * t, s += a[e][1] * t, c += t;
	}
	return [o / c, s / c];
}, oi = (e, t = null) => e === null ? t : e, si, ci = () => {
	if (!si) {
		let e = document.createElement("style");
		document.head.appendChild(e), si = e.sheet;
	}
	return si;
}, li = (e) => {
	let t = ci(), n = t.rules.length;
	return t.insertRule(e, n), n;
}, ui = (e) => {
	ci().deleteRule(e);
}, di = `${Nr}ms ease scaleInFadeOut 0s 1 normal backwards`, fi = (e, t, n) => `
@keyframes scaleInFadeOut {
  0% {
    opacity: ${e};
    transform: translate(-50%,-50%) scale(${t}) rotate(${n}deg);
  }
  10% {
    opacity: 1;
    transform: translate(-50%,-50%) scale(1) rotate(${n + 20}deg);
  }
  100% {
    opacity: 0;
    transform: translate(-50%,-50%) scale(0.9) rotate(${n + 60}deg);
  }
}
`, pi = null, mi = `${Pr}ms ease fadeScaleOut 0s 1 normal backwards`, hi = (e, t, n) => `
@keyframes fadeScaleOut {
  0% {
    opacity: ${e};
    transform: translate(-50%,-50%) scale(${t}) rotate(${n}deg);
  }
  100% {
    opacity: 0;
    transform: translate(-50%,-50%) scale(0) rotate(${n}deg);
  }
}
`, gi = null, _i = (e, { onDraw: t = W, onStart: n = W, onEnd: r = W, enableInitiator: i = Or, initiatorParentElement: a = document.body, longPressIndicatorParentElement: o = document.body, minDelay: s = kr, minDist: c = Ar, pointNorm: l = W, type: u = jr, brushSize: d = Mr } = {}) => {
	let f = i, p = a, m = o, h = t, g = n, _ = r, v = s, y = c, b = l, x = u, S = d, C = document.createElement("div");
	C.id = `lasso-initiator-${Math.random().toString(36).substring(2, 5) + Math.random().toString(36).substring(2, 5)}`, C.style.position = "fixed", C.style.display = "flex", C.style.justifyContent = "center", C.style.alignItems = "center", C.style.zIndex = 99, C.style.width = "4rem", C.style.height = "4rem", C.style.borderRadius = "4rem", C.style.opacity = .5, C.style.transform = "translate(-50%,-50%) scale(0) rotate(0deg)";
	let { longPress: w, longPressCircle: T, longPressCircleLeft: E, longPressCircleRight: D, longPressEffect: O } = ii(), k = !1, A = !1, j = [], M = [], N = [], P = [], F, I = !1, L = null, R = null, z = null, B = null, ee = null, V = null, te = null, ne = null, H = null, re = null, U = () => {
		k = !1;
	}, ie = (t) => {
		let { left: n, top: r } = e.getBoundingClientRect();
		return [t.clientX - n, t.clientY - r];
	};
	window.addEventListener("mouseup", U);
	let ae = () => {
		C.style.opacity = .5, C.style.transform = "translate(-50%,-50%) scale(0) rotate(0deg)";
	}, G = (e, t) => {
		let n = getComputedStyle(e), r = +n.opacity, i = n.transform.match(/([0-9.-]+)+/g), a = +i[0], o = +i[1], s = Math.sqrt(a * a + o * o), c = 180 / Math.PI * Math.atan2(o, a);
		return c = t && c <= 0 ? 360 + c : c, {
			opacity: r,
			scale: s,
			rotate: c
		};
	}, se = (e) => {
		if (!f || k) return;
		let t = e.clientX, n = e.clientY;
		C.style.top = `${n}px`, C.style.left = `${t}px`;
		let r = G(C), i = r.opacity, a = r.scale, o = r.rotate;
		C.style.opacity = i, C.style.transform = `translate(-50%,-50%) scale(${a}) rotate(${o}deg)`, C.style.animation = "none", fe().then(() => {
			pi !== null && ui(pi), pi = li(fi(i, a, o)), C.style.animation = di, fe().then(() => {
				ae();
			});
		});
	}, ce = () => {
		let { opacity: e, scale: t, rotate: n } = G(C);
		C.style.opacity = e, C.style.transform = `translate(-50%,-50%) scale(${t}) rotate(${n}deg)`, C.style.animation = "none", fe(2).then(() => {
			gi !== null && ui(gi), gi = li(hi(e, t, n)), C.style.animation = mi, fe().then(() => {
				ae();
			});
		});
	}, de = (e, t, { time: n = Yt, extraTime: r = Xt, delay: i = Zt } = {
		time: Yt,
		extraTime: Xt,
		delay: Zt
	}) => {
		I = !0;
		let a = getComputedStyle(w);
		w.style.color = a.color, w.style.top = `${t}px`, w.style.left = `${e}px`, w.style.animation = "none";
		let o = getComputedStyle(T);
		T.style.clipPath = o.clipPath, T.style.opacity = o.opacity, T.style.animation = "none";
		let s = G(O);
		O.style.opacity = s.opacity, O.style.transform = `scale(${s.scale})`, O.style.animation = "none";
		let c = G(E);
		E.style.transform = `rotate(${c.rotate}deg)`, E.style.animation = "none";
		let l = G(D);
		D.style.transform = `rotate(${l.rotate}deg)`, D.style.animation = "none", fe().then(() => {
			if (!I) return;
			ee !== null && ui(ee), B !== null && ui(B), z !== null && ui(z), R !== null && ui(R), L !== null && ui(L);
			let { rules: e, names: t } = Kr({
				time: n,
				extraTime: r,
				delay: i,
				currentColor: a.color || "currentcolor",
				targetColor: w.dataset.activeColor,
				effectOpacity: s.opacity || 0,
				effectScale: s.scale || 0,
				circleLeftRotation: c.rotate || 0,
				circleRightRotation: l.rotate || 0,
				circleClipPath: o.clipPath || "inset(0 0 0 50%)",
				circleOpacity: o.opacity || 0
			});
			L = li(e.main), R = li(e.effect), z = li(e.circleLeft), B = li(e.circleRight), ee = li(e.circle), w.style.animation = t.main, O.style.animation = t.effect, E.style.animation = t.circleLeft, D.style.animation = t.circleRight, T.style.animation = t.circle;
		});
	}, me = ({ time: e = Qt } = { time: Qt }) => {
		if (!I) return;
		I = !1;
		let t = getComputedStyle(w);
		w.style.color = t.color, w.style.animation = "none";
		let n = getComputedStyle(T);
		T.style.clipPath = n.clipPath, T.style.opacity = n.opacity, T.style.animation = "none";
		let r = G(O);
		O.style.opacity = r.opacity, O.style.transform = `scale(${r.scale})`, O.style.animation = "none";
		let i = n.clipPath.slice(-2, -1) === "x", a = G(E, i);
		E.style.transform = `rotate(${a.rotate}deg)`, E.style.animation = "none";
		let o = G(D);
		D.style.transform = `rotate(${o.rotate}deg)`, D.style.animation = "none", fe().then(() => {
			re !== null && ui(re), H !== null && ui(H), ne !== null && ui(ne), te !== null && ui(te), V !== null && ui(V);
			let { rules: i, names: s } = ri({
				time: e,
				currentColor: t.color || "currentcolor",
				targetColor: w.dataset.color,
				effectOpacity: r.opacity || 0,
				effectScale: r.scale || 0,
				circleLeftRotation: a.rotate || 0,
				circleRightRotation: o.rotate || 0,
				circleClipPath: n.clipPath || "inset(0px)",
				circleOpacity: n.opacity || 1
			});
			V = li(i.main), te = li(i.effect), ne = li(i.circleLeft), H = li(i.circleRight), re = li(i.circle), w.style.animation = s.main, O.style.animation = s.effect, E.style.animation = s.circleLeft, D.style.animation = s.circleRight, T.style.animation = s.circle;
		});
	}, he = () => {
		h(j, M);
	}, ge = (e) => {
		j.push(e), M.push(e[0], e[1]);
	}, _e = (e) => {
		let [t, n] = e, [r, i] = j[0];
		j[1] = [t, i], j[2] = [t, n], j[3] = [r, n], j[4] = [r, i], M[2] = t, M[3] = i, M[4] = t, M[5] = n, M[6] = r, M[7] = n, M[8] = r, M[9] = i;
	}, ve = (e) => {
		N.push(e);
	}, ye = () => Math.abs(b([0, 0])[0] - b([S / 2, 0])[0]), be = (e, t, n) => {
		let [r, i] = e, [a, o] = t, s = r - a, c = i - o, l = oe([s, c]);
		return [+c / l * n, -s / l * n];
	}, xe = (e) => {
		let t = N.at(-1), n = ye(), [r, i] = be(e, t, n), a = N.length;
		if (a === 1) {
			let e = [t[0] + r, t[1] + i], n = [t[0] - r, t[1] - i];
			j.push(e, n), M.push(e[0], e[1], n[0], n[1]), P.push([r, i]);
		} else {
			[r, i] = be(e, t, n);
			let o = [...P, [r, i]];
			[r, i] = ai(o, 1, 10);
			let [s, c] = P.at(-1), l = (r + s) / 2, u = (i + c) / 2, d = [t[0] + l, t[1] + u], f = [t[0] - l, t[1] - u];
			j.splice(a - 1, 2, d, f), M.splice(2 * (a - 1), 4, d[0], d[1], f[0], f[1]), P.splice(a, 1, [l, u]);
		}
		let o = [e[0] + r, e[1] + i], s = [e[0] - r, e[1] - i];
		j.splice(a, 0, o, s), M.splice(2 * a, 0, o[0], o[1], s[0], s[1]), N.push(e), P.push([r, i]);
	}, Se = ge, Ce = ge, we = (e) => {
		if (F) J(e[0], e[1], F[0], F[1]) > y && (F = e, Se(b(e)), j.length > 1 && he());
		else {
			A || (A = !0, g()), F = e;
			let t = b(e);
			Ce(t);
		}
	}, Te = pe(we, v, v), Ee = (e, t) => {
		let n = ie(e);
		return t ? Te(n) : we(n);
	}, De = () => {
		j = [], M = [], N = [], P = [], F = void 0, he();
	}, Oe = (e) => {
		se(e);
	}, ke = () => {
		k = !0, A = !0, De(), g();
	}, Ae = () => {
		ce();
	}, je = ({ merge: e = !1, remove: t = !1 } = {}) => {
		A = !1;
		let n = [...j], r = [...M];
		return Te.cancel(), De(), n.length > 0 && _(n, r, {
			merge: e,
			remove: t
		}), n;
	}, Me = (e) => {
		switch (e) {
			case "rectangle":
				x = e, Se = _e, Ce = ge;
				break;
			case "brush":
				x = e, Se = xe, Ce = ve;
				break;
			default: x = "freeform", Se = ge, Ce = ge;
		}
	}, Ne = (e) => {
		if (e === "onDraw") return h;
		if (e === "onStart") return g;
		if (e === "onEnd") return _;
		if (e === "enableInitiator") return f;
		if (e === "minDelay") return v;
		if (e === "minDist") return y;
		if (e === "pointNorm") return b;
		if (e === "type") return x;
		if (e === "brushSize") return S;
	}, Pe = ({ onDraw: e = null, onStart: t = null, onEnd: n = null, enableInitiator: r = null, initiatorParentElement: i = null, longPressIndicatorParentElement: a = null, minDelay: o = null, minDist: s = null, pointNorm: c = null, type: l = null, brushSize: u = null } = {}) => {
		h = oi(e, h), g = oi(t, g), _ = oi(n, _), f = oi(r, f), v = oi(o, v), y = oi(s, y), b = oi(c, b), S = oi(u, S), i !== null && i !== p && (p.removeChild(C), i.appendChild(C), p = i), a !== null && a !== m && (m.removeChild(w), a.appendChild(w), m = a), f ? (C.addEventListener("click", Oe), C.addEventListener("mousedown", ke), C.addEventListener("mouseleave", Ae)) : (C.removeEventListener("mousedown", ke), C.removeEventListener("mouseleave", Ae)), l !== null && Me(l);
	}, Fe = () => {
		p.removeChild(C), m.removeChild(w), window.removeEventListener("mouseup", U), C.removeEventListener("click", Oe), C.removeEventListener("mousedown", ke), C.removeEventListener("mouseleave", Ae);
	};
	return p.appendChild(C), m.appendChild(w), Pe({
		onDraw: h,
		onStart: g,
		onEnd: _,
		enableInitiator: f,
		initiatorParentElement: p,
		type: x,
		brushSize: S
	}), le(ue("initiator", C), ue("longPressIndicator", w), (e) => K(e, {
		clear: De,
		destroy: Fe,
		end: je,
		extend: Ee,
		get: Ne,
		set: Pe,
		showInitiator: se,
		hideInitiator: ce,
		showLongPressIndicator: de,
		hideLongPressIndicator: me
	}), q(_i))({});
}, vi = "\nprecision highp float;\n\nuniform float antiAliasing;\n\nvarying vec4 color;\nvarying float finalPointSize;\n\nfloat linearstep(float edge0, float edge1, float x) {\n  return clamp((x - edge0) / (edge1 - edge0), 0.0, 1.0);\n}\n\nvoid main() {\n  vec2 c = gl_PointCoord * 2.0 - 1.0;\n  float sdf = length(c) * finalPointSize;\n  float alpha = linearstep(finalPointSize + antiAliasing, finalPointSize - antiAliasing, sdf);\n\n  gl_FragColor = vec4(color.rgb, alpha * color.a);\n}\n", yi = (e) => `
precision highp float;

uniform sampler2D colorTex;
uniform float colorTexRes;
uniform float colorTexEps;
uniform sampler2D stateTex;
uniform float stateTexRes;
uniform float stateTexEps;
uniform float devicePixelRatio;
uniform sampler2D encodingTex;
uniform float encodingTexRes;
uniform float encodingTexEps;
uniform float pointSizeExtra;
uniform float pointOpacityMax;
uniform float pointOpacityScale;
uniform float numPoints;
uniform float globalState;
uniform float isColoredByZ;
uniform float isColoredByW;
uniform float isOpacityByZ;
uniform float isOpacityByW;
uniform float isOpacityByDensity;
uniform float isSizedByZ;
uniform float isSizedByW;
uniform float isPixelAligned;
uniform float colorMultiplicator;
uniform float opacityMultiplicator;
uniform float opacityDensity;
uniform float sizeMultiplicator;
uniform float numColorStates;
uniform float pointScale;
uniform float drawingBufferWidth;
uniform float drawingBufferHeight;
uniform mat4 modelViewProjection;

attribute vec2 stateIndex;

varying vec4 color;
varying float finalPointSize;

void main() {
  vec4 state = texture2D(stateTex, stateIndex);

  if (isPixelAligned < 0.5) {
    gl_Position = modelViewProjection * vec4(state.x, state.y, 0.0, 1.0);
  } else {
    vec4 clipSpacePosition = modelViewProjection * vec4(state.x, state.y, 0.0, 1.0);
    vec2 ndcPosition = clipSpacePosition.xy / clipSpacePosition.w;
    vec2 pixelPos = 0.5 * (ndcPosition + 1.0) * vec2(drawingBufferWidth, drawingBufferHeight);
    pixelPos = floor(pixelPos + 0.5); // Snap to nearest pixel
    vec2 snappedPosition = (pixelPos / vec2(drawingBufferWidth, drawingBufferHeight)) * 2.0 - 1.0;
    gl_Position = vec4(snappedPosition, 0.0, 1.0);
  }


  // Determine color index
  float colorIndexZ =  isColoredByZ * floor(state.z * colorMultiplicator);
  float colorIndexW =  isColoredByW * floor(state.w * colorMultiplicator);

  // Multiply by the number of color states per color
  // I.e., normal, active, hover, background, etc.
  float colorIndex = (colorIndexZ + colorIndexW) * numColorStates;

  // Half a "pixel" or "texel" in texture coordinates
  float colorLinearIndex = colorIndex + globalState;

  // Need to add cEps here to avoid floating point issue that can lead to
  // dramatic changes in which color is loaded as floor(3/2.9999) = 1 but
  // floor(3/3.0001) = 0!
  float colorRowIndex = floor((colorLinearIndex + colorTexEps) / colorTexRes);

  vec2 colorTexIndex = vec2(
    (colorLinearIndex / colorTexRes) - colorRowIndex + colorTexEps,
    colorRowIndex / colorTexRes + colorTexEps
  );

  color = texture2D(colorTex, colorTexIndex);

  // Retrieve point size
  float pointSizeIndexZ = isSizedByZ * floor(state.z * sizeMultiplicator);
  float pointSizeIndexW = isSizedByW * floor(state.w * sizeMultiplicator);
  float pointSizeIndex = pointSizeIndexZ + pointSizeIndexW;

  float pointSizeRowIndex = floor((pointSizeIndex + encodingTexEps) / encodingTexRes);
  vec2 pointSizeTexIndex = vec2(
    (pointSizeIndex / encodingTexRes) - pointSizeRowIndex + encodingTexEps,
    pointSizeRowIndex / encodingTexRes + encodingTexEps
  );
  float pointSize = texture2D(encodingTex, pointSizeTexIndex).x;

  // Retrieve opacity
  ${e === 3 ? "" : `
        if (isOpacityByDensity < 0.5) {
          float opacityIndexZ = isOpacityByZ * floor(state.z * opacityMultiplicator);
          float opacityIndexW = isOpacityByW * floor(state.w * opacityMultiplicator);
          float opacityIndex = opacityIndexZ + opacityIndexW;

          float opacityRowIndex = floor((opacityIndex + encodingTexEps) / encodingTexRes);
          vec2 opacityTexIndex = vec2(
            (opacityIndex / encodingTexRes) - opacityRowIndex + encodingTexEps,
            opacityRowIndex / encodingTexRes + encodingTexEps
          );
          color.a = texture2D(encodingTex, opacityTexIndex)[${1 + e}];
        } else {
          color.a = min(1.0, opacityDensity + globalState);
        }
      `}

  color.a = min(pointOpacityMax, color.a) * pointOpacityScale;
  finalPointSize = (pointSize * pointScale) + pointSizeExtra;
  gl_PointSize = finalPointSize;
}
`, bi = "precision highp float;\n\nvarying vec4 color;\n\nvoid main() {\n  gl_FragColor = color;\n}\n", xi = "precision highp float;\n\nuniform sampler2D startStateTex;\nuniform sampler2D endStateTex;\nuniform float t;\n\nvarying vec2 particleTextureIndex;\n\nvoid main() {\n  // Interpolate x, y, and value\n  vec3 start = texture2D(startStateTex, particleTextureIndex).xyw;\n  vec3 end = texture2D(endStateTex, particleTextureIndex).xyw;\n  vec3 curr = start * (1.0 - t) + end * t;\n\n  // The category cannot be interpolated\n  float endCategory = texture2D(endStateTex, particleTextureIndex).z;\n\n  gl_FragColor = vec4(curr.xy, endCategory, curr.z);\n}", Si = "precision highp float;\n\nattribute vec2 position;\nvarying vec2 particleTextureIndex;\n\nvoid main() {\n  // map normalized device coords to texture coords\n  particleTextureIndex = 0.5 * (1.0 + position);\n\n  gl_Position = vec4(position, 0, 1);\n}", Ci = (e, t) => e ? Et.reduce((n, r) => e.hasExtension(r) ? n : (t || console.warn(`WebGL: ${r} extension not supported. Scatterplot might not render properly`), !1), !0) : !1, wi = (e) => {
	let t = e.getContext("webgl", {
		antialias: !0,
		preserveDrawingBuffer: !0
	}), n = [];
	for (let e of Et) t.getExtension(e) ? n.push(e) : console.warn(`WebGL: ${e} extension not supported. Scatterplot might not render properly`);
	return (0, ee.default)({
		gl: t,
		extensions: n
	});
}, Ti = (e, t, n, r) => Math.sqrt((e - n) ** 2 + (t - r) ** 2), Ei = (e) => {
	let t = Infinity, n = -Infinity, r = Infinity, i = -Infinity;
	for (let a = 0; a < e.length; a += 2) t = e[a] < t ? e[a] : t, n = e[a] > n ? e[a] : n, r = e[a + 1] < r ? e[a + 1] : r, i = e[a + 1] > i ? e[a + 1] : i;
	return [
		t,
		r,
		n,
		i
	];
}, Di = ([e, t, n, r]) => Number.isFinite(e) && Number.isFinite(t) && Number.isFinite(n) && Number.isFinite(r) && n - e > 0 && r - t > 0, Oi = /^#?([a-f\d])([a-f\d])([a-f\d])$/i, ki = (e, t = !1) => e.replace(Oi, (e, t, n, r) => `#${t}${t}${n}${n}${r}${r}`).substring(1).match(/.{2}/g).map((e) => Number.parseInt(e, 16) / 255 ** t), Ai = (e, t, { minLength: n = 0 } = {}) => Array.isArray(e) && e.length >= n && e.every(t), ji = (e) => !Number.isNaN(+e) && +e >= 0, Mi = (e) => !Number.isNaN(+e) && +e > 0, Ni = (e, t) => (n) => e.indexOf(n) >= 0 ? n : t, Pi = (e, t = !1, n = fr) => new Promise((r, i) => {
	let a = new Image();
	t && (a.crossOrigin = "anonymous"), a.src = e, a.onload = () => {
		r(a);
	};
	let o = () => {
		i(/* @__PURE__ */ Error(Zn));
	};
	a.onerror = o, setTimeout(o, n);
}), Fi = (e, t, n = fr) => new Promise((r, i) => {
	Pi(t, t.indexOf(window.location.origin) !== 0 && t.indexOf("base64") === -1, n).then((t) => {
		r(e.texture(t));
	}).catch((e) => {
		i(e);
	});
}), Ii = (e, t = !1) => [...ki(e, t), 255 ** !t], Li = /(^#[0-9A-F]{6}$)|(^#[0-9A-F]{3}$)/i, Ri = (e) => Li.test(e), zi = (e) => e >= 0 && e <= 1, Bi = (e) => Array.isArray(e) && e.every(zi);
function Vi(e, t, n, r, i, a) {
	return (n - e) * (a - t) - (i - e) * (r - t);
}
var Hi = (e, [t, n] = []) => {
	let r = 0;
	for (let i = 0, a = e.length - 2; i < e.length; i += 2) {
		let o = e[i], s = e[i + 1], c = e[a], l = e[a + 1];
		s <= n ? l > n && Vi(o, s, c, l, t, n) > 0 && r++ : l <= n && Vi(o, s, c, l, t, n) < 0 && r--, a = i;
	}
	return r !== 0;
}, Ui = (e) => typeof e == "string" || e instanceof String, Wi = (e) => Number.isInteger(e) && e >= 0 && e <= 255, Gi = (e) => Array.isArray(e) && e.every(Wi), $ = (e) => e.length === 3 && (Bi(e) || Gi(e)), Ki = (e) => e.length === 4 && (Bi(e) || Gi(e)), qi = (e) => Array.isArray(e) && e.length > 0 && (Array.isArray(e[0]) || Ui(e[0])), Ji = (e, t) => !(Array.isArray(e) && Array.isArray(t)) || e.length !== t.length ? !1 : e.length === 0 ? !0 : Array.isArray(e[0]) && Array.isArray(t[0]) ? e.every(([e, n, r, i], a) => {
	let [o, s, c, l] = t[a];
	return e === o && n === s && r === c && i === l;
}) : !1, Yi = (e, t) => e > t ? e : t, Xi = (e, t) => e < t ? e : t, Zi = (e, t) => {
	if (Ki(e)) {
		let n = Bi(e);
		return t && n || !(t || n) ? e : t && !n ? e.map((e) => e / 255) : e.map((e) => e * 255);
	}
	if ($(e)) {
		let n = 255 ** !t, r = Bi(e);
		return t && r || !(t || r) ? [...e, n] : t && !r ? [...e.map((e) => e / 255), n] : [...e.map((e) => e * 255), n];
	}
	return Ri(e) ? Ii(e, t) : (console.warn("Only HEX, RGB, and RGBA are handled by this function. Returning white instead."), t ? [
		1,
		1,
		1,
		1
	] : [
		255,
		255,
		255,
		255
	]);
}, Qi = (e) => Object.entries(e).reduce((e, [t, n]) => (e[n] = e[n] ? [...e[n], t] : t, e), {}), $i = (e) => .21 * e[0] + .72 * e[1] + .07 * e[2], ea = (e, t, n) => Math.min(n, Math.max(t, e)), ta = (e) => new Promise((t, n) => {
	if (!e || Array.isArray(e)) t(e);
	else {
		let r = Array.isArray(e.x) || ArrayBuffer.isView(e.x) ? e.x.length : 0, i = (Array.isArray(e.x) || ArrayBuffer.isView(e.x)) && ((t) => e.x[t]), a = (Array.isArray(e.y) || ArrayBuffer.isView(e.y)) && ((t) => e.y[t]), o = (Array.isArray(e.line) || ArrayBuffer.isView(e.line)) && ((t) => e.line[t]), s = (Array.isArray(e.lineOrder) || ArrayBuffer.isView(e.lineOrder)) && ((t) => e.lineOrder[t]), c = Object.keys(e), l = (() => {
			let t = c.find((e) => ur.has(e));
			return t && (Array.isArray(e[t]) || ArrayBuffer.isView(e[t])) && ((n) => e[t][n]);
		})(), u = (() => {
			let t = c.find((e) => dr.has(e));
			return t && (Array.isArray(e[t]) || ArrayBuffer.isView(e[t])) && ((n) => e[t][n]);
		})();
		i && a && l && u && o && s ? t(e.x.map((e, t) => [
			e,
			a(t),
			l(t),
			u(t),
			o(t),
			s(t)
		])) : i && a && l && u && o ? t(Array.from({ length: r }, (e, t) => [
			i(t),
			a(t),
			l(t),
			u(t),
			o(t)
		])) : i && a && l && u ? t(Array.from({ length: r }, (e, t) => [
			i(t),
			a(t),
			l(t),
			u(t)
		])) : i && a && l ? t(Array.from({ length: r }, (e, t) => [
			i(t),
			a(t),
			l(t)
		])) : i && a ? t(Array.from({ length: r }, (e, t) => [i(t), a(t)])) : n(/* @__PURE__ */ Error("You need to specify at least x and y"));
	}
}), na = (e) => Number.isFinite(e.y) && !("x" in e), ra = (e) => Number.isFinite(e.x) && !("y" in e), ia = (e) => Number.isFinite(e.x) && Number.isFinite(e.y) && Number.isFinite(e.width) && Number.isFinite(e.height), aa = (e) => Number.isFinite(e.x1) && Number.isFinite(e.y1) && Number.isFinite(e.x2) && Number.isFinite(e.x2), oa = (e) => "vertices" in e && e.vertices.length > 1, sa = (e) => {
	if (!Array.isArray(e) || e.length < 3) return !1;
	for (let t of e) if (!Array.isArray(t) || t.length !== 2 || typeof t[0] != "number" || typeof t[1] != "number") return !1;
	return !0;
}, ca = (e) => {
	let t = [...e], n = e.at(0), r = e.at(-1);
	return (n[0] !== r[0] || n[1] !== r[1]) && t.push(n), t;
}, la = (e) => {
	let t = e.length;
	for (let n = 1; n < t; n++) {
		let t = e[n], r = n - 1;
		for (; r > -1 && t < e[r];) e[r + 1] = e[r], r--;
		e[r + 1] = t;
	}
	return e;
}, ua = (e = {}) => {
	let { regl: t, canvas: n = document.createElement("canvas"), gamma: r = gn } = e, i = !1;
	t ||= wi(n);
	let a = Ci(t), o = [n.width, n.height], s = t.framebuffer({
		width: o[0],
		height: o[1],
		colorFormat: "rgba",
		colorType: "float"
	}), c = t({
		vert: "\n      precision highp float;\n      attribute vec2 xy;\n      void main () {\n        gl_Position = vec4(xy, 0, 1);\n      }",
		frag: "\n      precision highp float;\n      uniform vec2 srcRes;\n      uniform sampler2D src;\n      uniform float gamma;\n\n      vec3 approxLinearToSRGB (vec3 rgb, float gamma) {\n        return pow(clamp(rgb, vec3(0), vec3(1)), vec3(1.0 / gamma));\n      }\n\n      void main () {\n        vec4 color = texture2D(src, gl_FragCoord.xy / srcRes);\n        gl_FragColor = vec4(approxLinearToSRGB(color.rgb, gamma), color.a);\n      }",
		attributes: { xy: [
			-4,
			-4,
			4,
			-4,
			0,
			4
		] },
		uniforms: {
			src: () => s,
			srcRes: () => o,
			gamma: () => r
		},
		count: 3,
		depth: { enable: !1 },
		blend: {
			enable: !0,
			func: {
				srcRGB: "one",
				srcAlpha: "one",
				dstRGB: "one minus src alpha",
				dstAlpha: "one minus src alpha"
			}
		}
	}), l = (e) => {
		let t = e.getContext("2d");
		t.clearRect(0, 0, e.width, e.height), t.drawImage(n, (n.width - e.width) / 2, (n.height - e.height) / 2, e.width, e.height, 0, 0, e.width, e.height);
	}, u = (e, n) => {
		t.clear(Dt), s.use(() => {
			t.clear(Dt), e();
		}), c(), l(n);
	}, d = () => {
		t.poll();
	}, f = /* @__PURE__ */ new Set(), p = (e) => (f.add(e), () => {
		f.delete(e);
	}), m = t.frame(() => {
		let e = f.values(), t = e.next();
		for (; !t.done;) t.value(), t = e.next();
	}), h = (e, t) => {
		let r = e === void 0 ? Math.min(window.innerWidth, window.screen.availWidth) : e, i = t === void 0 ? Math.min(window.innerHeight, window.screen.availHeight) : t;
		n.width = r * window.devicePixelRatio, n.height = i * window.devicePixelRatio, o[0] = n.width, o[1] = n.height, s.resize(...o);
	}, g = () => {
		h();
	};
	return e.canvas || (window.addEventListener("resize", g), window.addEventListener("orientationchange", g), h()), {
		get canvas() {
			return n;
		},
		get regl() {
			return t;
		},
		get gamma() {
			return r;
		},
		set gamma(e) {
			r = +e;
		},
		get isSupported() {
			return a;
		},
		get isDestroyed() {
			return i;
		},
		render: u,
		resize: h,
		onFrame: p,
		refresh: d,
		destroy: () => {
			i = !0, window.removeEventListener("resize", g), window.removeEventListener("orientationchange", g), m.cancel(), n = void 0, t.destroy(), t = void 0;
		}
	};
}, da = function() {
	let e = (e, t, n, r, i) => {
		let a = (r - t) * .5, o = (i - n) * .5;
		return (2 * n - 2 * r + a + o) * e * e * e + (-3 * n + 3 * r - 2 * a - o) * e * e + a * e + n;
	}, t = (t, n, r) => {
		let i = r * t, a = Math.floor(i), o = i - a, s = n[Math.max(0, a - 1)], c = n[a], l = n[Math.min(r, a + 1)], u = n[Math.min(r, a + 2)];
		return [e(o, s[0], c[0], l[0], u[0]), e(o, s[1], c[1], l[1], u[1])];
	}, n = (e, t, n, r) => (e - n) ** 2 + (t - r) ** 2, r = (e, t, n) => {
		let r = t[0], i = t[1], a = n[0] - r, o = n[1] - i;
		if (a !== 0 || o !== 0) {
			let t = ((e[0] - r) * a + (e[1] - i) * o) / (a * a + o * o);
			t > 1 ? (r = n[0], i = n[1]) : t > 0 && (r += a * t, i += o * t);
		}
		return a = e[0] - r, o = e[1] - i, a * a + o * o;
	}, i = (e, t, n, a, o) => {
		let s = a, c;
		for (let i = t + 1; i < n; i++) {
			let a = r(e[i], e[t], e[n]);
			a > s && (c = i, s = a);
		}
		s > a && (c - t > 1 && i(e, t, c, a, o), o.push(e[c]), n - c > 1 && i(e, c, n, a, o));
	}, a = (e, t) => {
		let n = e.length - 1, r = [e[0]];
		return i(e, 0, n, t, r), r.push(e[n]), r;
	}, o = (e, { maxIntPointsPerSegment: r = 100, tolerance: i = .002 } = {}) => {
		let o = e.length, s = o - 1, c = s * r + 1, l = i ** 2, u = [], d;
		for (let i = 0; i < o - 1; i++) {
			let o = [e[i].slice(0, 2)];
			d = e[i];
			for (let a = 1; a < r; a++) {
				let u = (i * r + a) / c, f = t(u, e, s);
				n(d[0], d[1], f[0], f[1]) > l && (o.push(f), d = f);
			}
			o.push(e[i + 1]), o = a(o, l), u = u.concat(o.slice(0, o.length - 1));
		}
		return u.push(e[e.length - 1].slice(0, 2)), u.flat();
	}, s = (e) => {
		let t = {}, n = !Number.isNaN(+e[0][5]);
		return e.forEach((e) => {
			let r = e[4];
			t[r] || (t[r] = []), n ? t[r][e[5]] = e : t[r].push(e);
		}), Object.entries(t).forEach((e) => {
			t[e[0]] = e[1].filter((e) => e), t[e[0]].reference = e[1][0];
		}), t;
	};
	self.onmessage = function(e) {
		e.data.points && +e.data.points.length || self.postMessage({ error: /* @__PURE__ */ Error("No points provided") }), e.data.points;
		let t = s(e.data.points);
		self.postMessage({ points: Object.entries(t).reduce((t, n) => (t[n[0]] = o(n[1], e.data.options), t[n[0]].reference = n[1].reference, t), {}) });
	};
}, fa = (e, t = {
	tolerance: .002,
	maxIntPointsPerSegment: 100
}) => new Promise((n, r) => {
	let i = de(da);
	i.onmessage = (e) => {
		e.data.error ? r(e.data.error) : n(e.data.points), i.terminate();
	}, i.postMessage({
		points: e,
		options: t
	});
}), pa = {
	showRecticle: {
		replacement: "showReticle",
		removalVersion: "2",
		translation: W
	},
	recticleColor: {
		replacement: "reticleColor",
		removalVersion: "2",
		translation: W
	},
	keyMap: {
		replacement: "actionKeyMap",
		removalVersion: "2",
		translation: Qi
	}
}, ma = (e) => {
	let t = Object.keys(e).filter((e) => pa[e]);
	for (let n of t) {
		let { replacement: t, removalVersion: r, translation: i } = pa[n];
		console.warn(`regl-scatterplot: the "${n}" property is deprecated and will be removed in v${r}. Please use "${t}" instead.`), e[pa[n].replacement] = e[n] === vr ? e[n] : i(e[n]), delete e[n];
	}
	return e;
}, ha = (e, t, { allowSegment: n = !1, allowDensity: r = !1, allowInherit: i = !1 } = {}) => ur.has(e) ? "valueZ" : dr.has(e) ? "valueW" : e === "segment" ? n ? "segment" : t : e === "density" ? r ? "density" : t : e === "inherit" && i ? "inherit" : t, ga = (e) => {
	switch (e) {
		case "valueZ": return 2;
		case "valueW": return 3;
		default: return null;
	}
}, _a = (e = {}) => {
	let t = R({
		async: !e.syncEvents,
		caseInsensitive: !0
	}), n = /* @__PURE__ */ new Float32Array(16), r = /* @__PURE__ */ new Float32Array(16), i = [0, 0];
	ma(e);
	let { renderer: a, antiAliasing: o = hr, pixelAligned: s = gr, backgroundColor: c = zn, backgroundImage: l = Qn, canvas: u = document.createElement("canvas"), colorBy: d = Fn, deselectOnDblClick: f = tr, deselectOnEscape: p = nr, lassoColor: m = Ht, lassoLineWidth: h = Ut, lassoMinDelay: g = Gt, lassoMinDist: _ = Kt, lassoClearEvent: v = qt, lassoInitiator: y = Wt, lassoInitiatorParentElement: b = document.body, lassoLongPressIndicatorParentElement: x = document.body, lassoOnLongPress: S = Jt, lassoLongPressTime: C = Yt, lassoLongPressAfterEffectTime: w = Xt, lassoLongPressEffectDelay: T = Zt, lassoLongPressRevertEffectTime: E = Qt, lassoType: D = _r, lassoBrushSize: O = $t, actionKeyMap: k = fn, mouseMode: A = Mt, showReticle: j = $n, reticleColor: M = er, pointColor: N = In, pointColorActive: P = Ln, pointColorHover: F = Rn, showPointConnections: I = rr, pointConnectionColor: L = Vn, pointConnectionColorActive: z = Hn, pointConnectionColorHover: B = Un, pointConnectionColorBy: ee = Bn, pointConnectionOpacity: V = Dn, pointConnectionOpacityBy: te = On, pointConnectionOpacityActive: ne = kn, pointConnectionSize: H = wn, pointConnectionSizeActive: re = Tn, pointConnectionSizeBy: U = En, pointConnectionMaxIntPointsPerSegment: ie = ir, pointConnectionTolerance: oe = ar, pointSize: K = yn, pointSizeSelected: le = bn, pointSizeMouseDetection: q = or, pointOutlineWidth: ue = xn, opacity: J = yt, opacityBy: de = An, opacityByDensityFill: fe = jn, opacityInactiveMax: me = Nn, opacityInactiveScale: he = Pn, sizeBy: ge = Sn, pointOrder: be = Cn, pointScaleMode: Se = vn, height: Ce = hn, width: we = mn, annotationLineColor: Te = Wn, annotationLineWidth: De = Gn, annotationHVLineLimit: Oe = Kn, cameraIsFixed: ke = mr } = e, Ae = we === yt ? 1 : we, je = Ce === yt ? 1 : Ce, { performanceMode: Pe = sr, opacityByDensityDebounceTime: Fe = Mn, spatialIndexUseWorker: Ie = pr } = e, Le = !!(e.renderPointsAsSquares || Pe), Re = !!(e.disableAlphaBlending || Pe);
	A = Ni(jt, Ot)(A), a ||= ua({
		regl: e.regl,
		gamma: e.gamma
	}), c = Zi(c, !0), m = Zi(m, !0), M = Zi(M, !0);
	let ze = !1, Be = !1, Ve = $i(c), Y, X, He, Ue = !1, We = null, Ge = [0, 0], Ke = -1, Z = [], qe = /* @__PURE__ */ new Set(), Je = /* @__PURE__ */ new Set(), Ye = !1, Xe = /* @__PURE__ */ new Set(), Ze = [], Qe = 0, $e = 0, et = !1, tt = [], nt, rt, it = e.aspectRatio || pn, at, ot, st, ct, lt, ut, dt, ft, pt, mt, Et, Dt, gn = !1, Q = !0, Zn = !1, ur;
	N = qi(N) ? [...N] : [N], P = qi(P) ? [...P] : [P], F = qi(F) ? [...F] : [F], N = N.map((e) => Zi(e, !0)), P = P.map((e) => Zi(e, !0)), F = F.map((e) => Zi(e, !0)), J = !Array.isArray(J) && Number.isNaN(+J) ? N[0][3] : J, J = Ai(J, ji, { minLength: 1 }) ? [...J] : [J], K = Ai(K, ji, { minLength: 1 }) ? [...K] : [K];
	let dr = _n / K[0];
	L === "inherit" ? L = [...N] : (L = qi(L) ? [...L] : [L], L = L.map((e) => Zi(e, !0))), z === "inherit" ? z = [...P] : (z = qi(z) ? [...z] : [z], z = z.map((e) => Zi(e, !0))), B === "inherit" ? B = [...F] : (B = qi(B) ? [...B] : [B], B = B.map((e) => Zi(e, !0))), V = V === "inherit" ? [...J] : Ai(V, ji, { minLength: 1 }) ? [...V] : [V], H = H === "inherit" ? [...K] : Ai(H, ji, { minLength: 1 }) ? [...H] : [H], d = ha(d, Fn), de = ha(de, An, { allowDensity: !0 }), ge = ha(ge, Sn), ee = ha(ee, Bn, {
		allowSegment: !0,
		allowInherit: !0
	}), te = ha(te, On, { allowSegment: !0 }), U = ha(U, En, { allowSegment: !0 });
	let Sr, Cr, wr, Tr, Er = 0, Or = 0, kr, Ar, jr, Mr = null, Nr = null, Pr, Fr, Ir, Lr, Rr = !1, zr = null, Br, Vr, Hr = j, Ur, Wr = 0, Gr, Kr = 0, qr = !1, Jr = !1, Yr = !1, Xr = !1, Zr = It, Qr = It, $r, ei = !1, ti = e.xScale || null, ni = e.yScale || null, ri = 0, ii = 0, ai = 0, oi = 0;
	ti && (ri = ti.domain()[0], ii = ti.domain()[1] - ti.domain()[0], ti.range([0, Ae])), ni && (ai = ni.domain()[0], oi = ni.domain()[1] - ni.domain()[0], ni.range([je, 0]));
	let si = (e) => -1 + e / Ae * 2, ci = (e) => 1 + e / je * -2, li = () => [si(i[0]), ci(i[1])], ui = (e, t) => {
		let r = [
			e,
			t,
			1,
			1
		];
		return Ee(r, r, ve(n, ye(n, at, ye(n, Y.view, st)))), r.slice(0, 2);
	}, di = (e = 0) => {
		let t = So(), n = (Et[1] - Dt[1]) / u.height;
		return (pt * t + e) * n;
	}, fi = () => Ye ? Ze.filter((e, t) => Xe.has(t)) : Ze, pi = (e, t, n, r) => {
		let i = nt.range(e, t, n, r);
		return Ye ? i.filter((e) => Xe.has(e)) : i;
	}, mi = () => {
		let [e, t] = li(), [n, r] = ui(e, t), i = di(4), a = pi(n - i, r - i, n + i, r + i), o = i, s = -1;
		for (let e of a) {
			let [t, i] = Ze[e], a = Ti(t, i, n, r);
			a < o && (o = a, s = e);
		}
		return s;
	}, hi = (e, n) => {
		tt = e, X.setPoints(n), t.publish("lassoExtend", { coordinates: e });
	}, gi = (e) => {
		let t = Ei(e);
		if (!Di(t)) return [];
		let n = pi(...t), r = [];
		for (let t of n) Hi(e, Ze[t]) && r.push(t);
		return r;
	}, Ci = () => {
		tt = [], X && X.clear();
	}, wi = (e) => e && e.length > 4, Oi = (e, t) => {
		if (ut || !I || !wi(Ze[e[0]])) return;
		let n = t === 0, r = t === 1 ? (e) => Je.add(e) : W, i = Object.keys(e.reduce((e, t) => {
			let n = Ze[t], r = Array.isArray(n[4]) ? n[4][0] : n[4];
			return e[r] = !0, e;
		}, {})), a = ct.getData().opacities, o = i.filter((e) => !Je.has(+e));
		for (let e of o) {
			let t = lt[e][0], i = lt[e][2], o = lt[e][3], s = t * 4 + o * 2, c = s + i * 2 + 4;
			a.__original__ === void 0 && (a.__original__ = a.slice());
			for (let e = s; e < c; e++) a[e] = n ? a.__original__[e] : ne;
			r(e);
		}
		ct.getBuffer().opacities.subdata(a, 0);
	}, ki = (e) => [e % Er / Er + Or, Math.floor(e / Er) / Er + Or], Pi = (e) => Ye && !Xe.has(e), Ii = ({ preventEvent: e = !1 } = {}) => {
		v === Rt && Ci(), Z.length > 0 && (e || t.publish("deselect"), Je.clear(), Oi(Z, 0), Z = [], qe.clear(), Q = !0);
	}, Li = (e) => {
		if (!(ti && ni)) return console.warn("xScale and yScale must be defined for programmatic lasso selection"), null;
		let t = [];
		for (let [n, r] of e) {
			let e = (n - ri) / ii, i = (r - ai) / oi, a = e * 2 - 1, o = i * 2 - 1, [s, c] = ui(a, o);
			t.push(s, c);
		}
		return t;
	}, Ri = (e, { merge: n = !1, remove: r = !1, preventEvent: i = !1 } = {}) => {
		let a = Array.isArray(e) ? e : [e], o = [...Z];
		if (n) {
			if (Z = ce(Z, a), o.length === Z.length) {
				Q = !0;
				return;
			}
		} else if (r) {
			let e = new Set(a);
			if (Z = Z.filter((t) => !e.has(t)), o.length === Z.length) {
				Q = !0;
				return;
			}
		} else {
			if (Z?.length > 0 && Oi(Z, 0), o.length > 0 && a.length === 0) {
				Ii({ preventEvent: i });
				return;
			}
			Z = a;
		}
		if (ae(o, Z)) {
			Q = !0;
			return;
		}
		let s = [];
		qe.clear(), Je.clear();
		for (let e = Z.length - 1; e >= 0; e--) {
			let t = Z[e];
			t < 0 || t >= Qe || Pi(t) ? Z.splice(e, 1) : (qe.add(t), s.push.apply(s, ki(t)));
		}
		Ar({
			usage: "dynamic",
			type: "float",
			data: s
		}), Oi(Z, 1), i || t.publish("select", { points: Z }), Q = !0;
	}, zi = (e, { merge: t = !1, remove: n = !1, isGl: r = !1 } = {}) => {
		if (!sa(e)) throw Error("Lasso selection requires at least 3 vertices as [x, y] coordinate pairs");
		let i = ca(e), a, o;
		if (r) a = i, o = i.flat();
		else {
			if (o = Li(i), !o) throw Error("xScale and yScale must be defined to convert lasso vertices from data space to GL space");
			a = [];
			for (let e = 0; e < o.length; e += 2) a.push([o[e], o[e + 1]]);
		}
		Gi(a, o, {
			merge: t,
			remove: n
		});
	}, Bi = (e, { showReticleOnce: n = !1, preventEvent: r = !1 } = {}) => {
		let i = !1;
		if ((!Ye || Xe.has(e)) && e >= 0 && e < Qe) {
			i = !0;
			let n = $r, a = e !== $r;
			+n >= 0 && a && !qe.has(n) && Oi([n], 0), $r = e, jr.subdata(ki(e)), qe.has(e) || Oi([e], 2), a && !r && t.publish("pointover", $r);
		} else i = +$r >= 0, i && (qe.has($r) || Oi([$r], 0), r || t.publish("pointout", $r)), $r = void 0;
		i && (Q = !0, Zn = n);
	}, Vi = (e) => {
		let t = u.getBoundingClientRect();
		return i[0] = e.clientX - t.left, i[1] = e.clientY - t.top, [...i];
	}, Wi = () => {
		Y.config({ isFixed: !0 }), Ue = !0, et = !0, Ci(), Ke >= 0 && (clearTimeout(Ke), Ke = -1), t.publish("lassoStart");
	}, Gi = (e, n, { merge: r = !1, remove: i = !1 } = {}) => {
		Y.config({ isFixed: ke }), tt = [...e];
		let a = gi(n);
		Ri(a, {
			merge: r,
			remove: i
		}), t.publish("lassoEnd", { coordinates: tt }), v === zt && Ci();
	}, $ = _i(u, {
		onStart: Wi,
		onDraw: hi,
		onEnd: Gi,
		enableInitiator: y,
		initiatorParentElement: b,
		longPressIndicatorParentElement: x,
		pointNorm: ([e, t]) => ui(si(e), ci(t)),
		minDelay: g,
		minDist: D === "brush" ? Math.max(Vt, _) : _,
		type: D
	}), Ki = () => A === kt, Qi = (e, t) => {
		switch (k[t]) {
			case on: return e.altKey;
			case sn: return e.metaKey;
			case cn: return e.ctrlKey;
			case ln: return e.metaKey;
			case un: return e.shiftKey;
			default: return !1;
		}
	}, da = (e) => document.elementsFromPoint(e.clientX, e.clientY).some((e) => e === u), pa = (e) => {
		Jr && e.buttons === 1 && (Ue = !0, We = performance.now(), Ge = Vi(e), et = Ki() || Qi(e, en), !et && S && ($.showLongPressIndicator(e.clientX, e.clientY, {
			time: C,
			extraTime: w,
			delay: T
		}), Ke = setTimeout(() => {
			Ke = -1, et = !0;
		}, C)));
	}, _a = (e) => {
		Jr && (Ue = !1, Ke >= 0 && (clearTimeout(Ke), Ke = -1), et && (e.preventDefault(), et = !1, $.end({
			merge: Qi(e, nn),
			remove: Qi(e, rn)
		})), S && $.hideLongPressIndicator({ time: E }));
	}, va = (e) => {
		if (!Jr || (e.preventDefault(), Ti(...Vi(e), ...Ge) >= _)) return;
		let t = performance.now() - We;
		if (!y || t < lr) {
			let t = mi();
			t >= 0 ? (Z.length > 0 && v === Rt && Ci(), Ri([t], {
				merge: Qi(e, nn),
				remove: Qi(e, rn)
			})) : mt ||= setTimeout(() => {
				mt = null, $.showInitiator(e);
			}, cr);
		}
	}, ya = (e) => {
		$.hideInitiator(), mt &&= (clearTimeout(mt), null), f && (e.preventDefault(), Ii());
	}, ba = (e) => {
		if (Xr ||= (ei = da(e), !0), !(Jr && (ei || Ue))) return;
		let t = Ti(...Vi(e), ...Ge) >= _;
		ei && !et && Bi(mi()), et ? (e.preventDefault(), $.extend(e, !0)) : Ue && S && t && $.hideLongPressIndicator({ time: E }), Ke >= 0 && t && (clearTimeout(Ke), Ke = -1), Ue && (Q = !0);
	}, xa = () => {
		$r = void 0, ei = !1, Xr = !1, Jr && (+$r >= 0 && !qe.has($r) && Oi([$r], 0), _a(), Q = !0);
	}, Sa = () => {
		let e = Math.max(K.length, J.length);
		Kr = Math.max(2, Math.ceil(Math.sqrt(e)));
		let t = new Float32Array(Kr ** 2 * 4);
		for (let n = 0; n < e; n++) {
			t[n * 4] = K[n] || 0, t[n * 4 + 1] = Math.min(1, J[n] || 0);
			let e = Number((P[n] || P[0])[3]);
			t[n * 4 + 2] = Math.min(1, Number.isNaN(e) ? 1 : e);
			let r = Number((F[n] || F[0])[3]);
			t[n * 4 + 3] = Math.min(1, Number.isNaN(r) ? 1 : r);
		}
		return a.regl.texture({
			data: t,
			shape: [
				Kr,
				Kr,
				4
			],
			type: "float"
		});
	}, Ca = (e = N, t = P, n = F) => {
		let r = e.length, i = t.length, a = n.length, o = [];
		if (r === i && i === a) for (let i = 0; i < r; i++) o.push(e[i], t[i], n[i], c);
		else for (let i = 0; i < r; i++) {
			let r = [
				e[i][0],
				e[i][1],
				e[i][2],
				1
			], a = d === Fn ? t[0] : r, s = d === Fn ? n[0] : r;
			o.push(e[i], a, s, c);
		}
		return o;
	}, wa = () => {
		let e = Ca(), t = e.length;
		Wr = Math.max(2, Math.ceil(Math.sqrt(t)));
		let n = new Float32Array(Wr ** 2 * 4);
		return e.forEach((e, t) => {
			n[t * 4] = e[0], n[t * 4 + 1] = e[1], n[t * 4 + 2] = e[2], n[t * 4 + 3] = e[3];
		}), a.regl.texture({
			data: n,
			shape: [
				Wr,
				Wr,
				4
			],
			type: "float"
		});
	}, Ta = (e, t) => {
		ot[0] = e / rt, ot[5] = t;
	}, Ea = () => {
		rt = Ae / je, at = xe([], [
			1 / rt,
			1,
			1
		]), ot = xe([], [
			1 / rt,
			1,
			1
		]), st = xe([], [
			it,
			1,
			1
		]);
	}, Da = (e) => {
		+e <= 0 || (it = e);
	}, Oa = (e, t) => (n) => {
		if (!n || n.length === 0) return;
		let r = [...e()], i = qi(n) ? n : [n];
		if (i = i.map((e) => Zi(e, !0)), !Ji(r, i)) {
			Ur && Ur.destroy();
			try {
				t(i), Ur = wa();
			} catch {
				console.error("Invalid colors. Switching back to default colors."), t(r), Ur = wa();
			}
		}
	}, ka = Oa(() => N, (e) => {
		N = e;
	}), Aa = Oa(() => P, (e) => {
		P = e;
	}), ja = Oa(() => F, (e) => {
		F = e;
	}), Ma = () => {
		let e = ui(-1, -1), t = ui(1, 1), n = (e[0] + 1) / 2, r = (t[0] + 1) / 2, i = (e[1] + 1) / 2, a = (t[1] + 1) / 2;
		return [[ri + n * ii, ri + r * ii], [ai + i * oi, ai + a * oi]];
	}, Na = () => {
		if (!(ti || ni)) return;
		let [e, t] = Ma();
		ti && ti.domain(e), ni && ni.domain(t);
	}, Pa = (e, t) => {
		je = Math.max(1, e), u.height = Math.floor(je * window.devicePixelRatio), ni && (ni.range([je, 0]), t || Na());
	}, Fa = (e) => {
		e === yt ? (Ce = e, u.style.height = "100%", window.requestAnimationFrame(() => {
			u && Pa(u.getBoundingClientRect().height);
		})) : !+e || +e <= 0 || (Ce = +e, Pa(Ce), u.style.height = `${Ce}px`);
	}, Ia = () => {
		pt = q, q === yt && (pt = Array.isArray(K) ? G(K) : K);
	}, La = (e) => {
		let t = Array.isArray(K) ? [...K] : K;
		Ai(e, ji, { minLength: 1 }) ? K = [...e] : Mi(+e) && (K = [+e]), t === K || ae(t, K) || (Gr && Gr.destroy(), dr = _n / K[0], Gr = Sa(), Ia());
	}, Ra = (e) => {
		!+e || +e < 0 || (le = +e);
	}, za = (e) => {
		!+e || +e < 0 || (ue = +e);
	}, Ba = (e, t) => {
		Ae = Math.max(1, e), u.width = Math.floor(Ae * window.devicePixelRatio), ti && (ti.range([0, Ae]), t || Na());
	}, Va = (e) => {
		e === yt ? (we = e, u.style.width = "100%", window.requestAnimationFrame(() => {
			u && Ba(u.getBoundingClientRect().width);
		})) : !+e || +e <= 0 || (we = +e, Ba(we), u.style.width = `${Ae}px`);
	}, Ha = (e) => {
		let t = Array.isArray(J) ? [...J] : J;
		Ai(e, ji, { minLength: 1 }) ? J = [...e] : Mi(+e) && (J = [+e]), t === J || ae(t, J) || (Gr && Gr.destroy(), Gr = Sa());
	}, Ua = (e) => {
		switch (e) {
			case "valueZ": return Zr;
			case "valueW": return Qr;
			default: return null;
		}
	}, Wa = (e, t) => {
		switch (e) {
			case Ft: return (e) => Math.round(e * (t.length - 1));
			default: return W;
		}
	}, Ga = (e) => {
		d = ha(e, Fn);
	}, Ka = (e) => {
		de = ha(e, An, { allowDensity: !0 });
	}, qa = (e) => {
		ge = ha(e, Sn);
	}, Ja = (e) => {
		if (e == null) be = null;
		else if (Array.isArray(e)) be = e;
		else return;
		if (Jr) {
			if (Zo(), Ye) {
				let e = [];
				if (Mr !== null) for (let t = 0; t < Mr.length; t++) Xe.has(Mr[t]) && e.push.apply(e, ki(Mr[t]));
				else {
					let t = la([...Xe]);
					for (let n of t) e.push.apply(e, ki(n));
				}
				kr.subdata(e);
			} else kr.subdata(Qo(Qe));
		}
	}, Ya = (e) => {
		ee = ha(e, Bn, {
			allowSegment: !0,
			allowInherit: !0
		});
	}, Xa = (e) => {
		te = ha(e, On, { allowSegment: !0 });
	}, Za = (e) => {
		U = ha(e, En, { allowSegment: !0 });
	}, Qa = () => o, $a = () => [u.width, u.height], eo = () => l, to = () => Ur, no = () => Wr, ro = () => .5 / Wr, io = () => window.devicePixelRatio, ao = () => kr, oo = () => Ar, so = () => Gr, co = () => Kr, lo = () => .5 / Kr, uo = () => 0, fo = () => wr || Sr, po = () => Er, mo = () => .5 / Er, ho = () => ot, go = () => Y.view, _o = () => st, vo = () => ye(r, ot, ye(r, Y.view, st)), yo = () => window.devicePixelRatio, bo = () => Yi(dr, Y.scaling[0]) * window.devicePixelRatio, xo = () => Y.scaling[0] > 1 ? Math.asinh(Yi(1, Y.scaling[0])) / Math.asinh(1) * window.devicePixelRatio : Yi(dr, Y.scaling[0]) * window.devicePixelRatio, So = xo;
	Se === "linear" ? So = bo : Se === "constant" && (So = yo);
	let Co = () => Ye ? Xe.size : Qe, wo = () => Z.length, To = () => wo() > 0 ? me : 1, Eo = () => wo() > 0 ? he : 1, Do = () => +(d === "valueZ"), Oo = () => +(d === "valueW"), ko = () => +(de === "valueZ"), Ao = () => +(de === "valueW"), jo = () => +(de === "density"), Mo = () => +(ge === "valueZ"), No = () => +(ge === "valueW"), Po = () => +s, Fo = () => d === "valueZ" ? Zr === Ft ? N.length - 1 : 1 : Qr === Ft ? N.length - 1 : 1, Io = () => de === "valueZ" ? Zr === Ft ? J.length - 1 : 1 : Qr === Ft ? J.length - 1 : 1, Lo = () => ge === "valueZ" ? Zr === Ft ? K.length - 1 : 1 : Qr === Ft ? K.length - 1 : 1, Ro = (e) => {
		if (de !== "density") return 1;
		let t = So(), n = K[0] * t, r = 2 / (2 / Y.view[0]) * (2 / (2 / Y.view[5])), i = e.viewportHeight, a = e.viewportWidth, o = fe * a * i / ($e * n * n) * Xi(1, r);
		o *= Le ? 1 : 1 / (.25 * Math.PI);
		let s = Yi(_n, n) + .5;
		return o *= (n / s) ** 2, Xi(1, Yi(0, o));
	}, zo = a.regl({
		framebuffer: () => Tr,
		vert: Si,
		frag: xi,
		attributes: { position: [
			-4,
			0,
			4,
			4,
			4,
			-4
		] },
		uniforms: {
			startStateTex: () => Cr,
			endStateTex: () => Sr,
			t: (e, t) => t.t
		},
		count: 3
	}), Bo = (e, t, n, r = bt, i = To, o = Eo) => a.regl({
		frag: Le ? bi : vi,
		vert: yi(r),
		blend: {
			enable: !Re,
			func: {
				srcRGB: "src alpha",
				srcAlpha: "one",
				dstRGB: "one minus src alpha",
				dstAlpha: "one minus src alpha"
			}
		},
		depth: { enable: !1 },
		attributes: { stateIndex: {
			buffer: n,
			size: 2
		} },
		uniforms: {
			antiAliasing: Qa,
			resolution: $a,
			modelViewProjection: vo,
			devicePixelRatio: io,
			pointScale: () => So(),
			encodingTex: so,
			encodingTexRes: co,
			encodingTexEps: lo,
			pointOpacityMax: i,
			pointOpacityScale: o,
			pointSizeExtra: e,
			globalState: r,
			colorTex: to,
			colorTexRes: no,
			colorTexEps: ro,
			stateTex: fo,
			stateTexRes: po,
			stateTexEps: mo,
			isColoredByZ: Do,
			isColoredByW: Oo,
			isOpacityByZ: ko,
			isOpacityByW: Ao,
			isOpacityByDensity: jo,
			isSizedByZ: Mo,
			isSizedByW: No,
			isPixelAligned: Po,
			colorMultiplicator: Fo,
			opacityMultiplicator: Io,
			opacityDensity: Ro,
			sizeMultiplicator: Lo,
			numColorStates: wt,
			drawingBufferWidth: (e) => e.drawingBufferWidth,
			drawingBufferHeight: (e) => e.drawingBufferHeight
		},
		count: t,
		primitive: "points"
	}), Vo = Bo(uo, Co, ao), Ho = Bo(uo, () => 1, () => jr, St, () => 1, () => 1), Uo = Bo(() => (le + ue * 2) * window.devicePixelRatio, wo, oo, xt, () => 1, () => 1), Wo = Bo(() => (le + ue) * window.devicePixelRatio, wo, oo, Ct, () => 1, () => 1), Go = Bo(() => le * window.devicePixelRatio, wo, oo, xt, () => 1, () => 1), Ko = () => {
		Uo(), Wo(), Go();
	}, qo = a.regl({
		frag: _t,
		vert: vt,
		attributes: { position: [
			0,
			1,
			0,
			0,
			1,
			0,
			0,
			1,
			1,
			1,
			1,
			0
		] },
		uniforms: {
			modelViewProjection: vo,
			texture: eo
		},
		count: 6
	}), Jo = a.regl({
		vert: "\n      precision mediump float;\n      uniform mat4 modelViewProjection;\n      attribute vec2 position;\n      void main () {\n        gl_Position = modelViewProjection * vec4(position, 0, 1);\n      }",
		frag: "\n      precision mediump float;\n      uniform vec4 color;\n      void main () {\n        gl_FragColor = vec4(color.rgb, 0.2);\n      }",
		depth: { enable: !1 },
		blend: {
			enable: !0,
			func: {
				srcRGB: "src alpha",
				srcAlpha: "one",
				dstRGB: "one minus src alpha",
				dstAlpha: "one minus src alpha"
			}
		},
		attributes: { position: () => tt },
		uniforms: {
			modelViewProjection: vo,
			color: () => m
		},
		elements: () => Ne(X.getPoints())
	}), Yo = () => {
		if (!($r >= 0)) return;
		let [e, t] = Ze[$r].slice(0, 2), r = [
			e,
			t,
			0,
			1
		];
		ye(n, ot, ye(n, Y.view, st)), Ee(r, r, n), dt.setPoints([
			-1,
			r[1],
			1,
			r[1]
		]), ft.setPoints([
			r[0],
			1,
			r[0],
			-1
		]), dt.draw(), ft.draw(), Bo(() => (le + ue * 2) * window.devicePixelRatio, () => 1, jr, xt)(), Bo(() => (le + ue) * window.devicePixelRatio, () => 1, jr, Ct)();
	}, Xo = (e) => {
		let t = new Float32Array(e * 2), n = 0;
		for (let r = 0; r < e; ++r) {
			let e = ki(r);
			t[n] = e[0], t[n + 1] = e[1], n += 2;
		}
		return t;
	}, Zo = () => {
		if (be === null) {
			Mr = null, Nr = null;
			return;
		}
		let e = /* @__PURE__ */ new Set(), t = [];
		for (let n = 0; n < be.length; n++) {
			let r = be[n];
			Number.isFinite(r) && r >= 0 && r < Qe && !e.has(r) && (t.push(r), e.add(r));
		}
		for (let n = 0; n < Qe; n++) e.has(n) || t.push(n);
		Mr = t, Nr = new Float32Array(t.length * 2);
		let n = 0;
		for (let e = 0; e < t.length; e++) {
			let r = ki(t[e]);
			Nr[n] = r[0], Nr[n + 1] = r[1], n += 2;
		}
	}, Qo = (e) => Nr === null ? Xo(e) : Nr, $o = (e, t = {}) => {
		let n = e.length;
		Er = Math.max(2, Math.ceil(Math.sqrt(n))), Or = .5 / Er;
		let r = new Float32Array(Er ** 2 * 4), i = !0, o = !0, s = 0, c = 0, l = 0;
		for (let t = 0; t < n; ++t) s = t * 4, r[s] = e[t][0], r[s + 1] = e[t][1], c = e[t][2] || 0, l = e[t][3] || 0, r[s + 2] = c, r[s + 3] = l, i &&= Number.isInteger(c), o &&= Number.isInteger(l);
		return Zr = t.z && Lt.includes(t.z) ? t.z : i ? It : Ft, Qr = t.w && Lt.includes(t.w) ? t.w : o ? It : Ft, a.regl.texture({
			data: r,
			shape: [
				Er,
				Er,
				4
			],
			type: "float"
		});
	}, es = (e, t = {}) => {
		if (!Sr) return !1;
		if (Rr) {
			let e = Cr;
			Cr = wr, e.destroy();
		} else Cr = Sr;
		return wr = $o(e, t), Tr = a.regl.framebuffer({
			color: wr,
			depth: !1,
			stencil: !1
		}), Sr = void 0, !0;
	}, ts = () => !!(Cr && wr), ns = () => {
		Cr &&= (Cr.destroy(), void 0), wr &&= (wr.destroy(), void 0);
	}, rs = (e, t = {}) => new Promise((n) => {
		Jr = !1;
		let r = t?.preventFilterReset && e.length === Qe, i = Qe;
		Qe = e.length, $e = Qe, i > 0 && Qe !== i && (be = null, Mr = null, Nr = null), Sr && Sr.destroy(), Sr = $o(e, {
			z: t.zDataType,
			w: t.wDataType
		}), r || (Zo(), kr({
			usage: "static",
			type: "float",
			data: Qo(Qe)
		})), Dr(t.spatialIndex || e, { useWorker: Ie }).then((t) => {
			nt = t, Ze = e, Jr = !0;
		}).then(n);
	}), is = (e, t) => {
		Pr = Y.target, Fr = e, Ir = Y.distance[0], Lr = t;
	}, as = () => Pr !== void 0 && Fr !== void 0 && Ir !== void 0 && Lr !== void 0, os = () => {
		Pr = void 0, Fr = void 0, Ir = void 0, Lr = void 0;
	}, ss = (e) => {
		let t = ee === "inherit" ? d : ee;
		if (t === "segment") {
			let t = L.length - 1;
			return t < 1 ? [] : e.reduce((e, n, r) => {
				let i = 0, a = [];
				for (let e = 2; e < n.length; e += 2) {
					let t = Math.sqrt((n[e - 2] - n[e]) ** 2 + (n[e - 1] - n[e + 1]) ** 2);
					a.push(t), i += t;
				}
				e[r] = [0];
				let o = 0;
				for (let s = 0; s < n.length / 2 - 1; s++) o += a[s], e[r].push(Math.floor(o / i * t) * 4);
				return e;
			}, []);
		}
		if (t) {
			let e = ga(t), n = Wa(Ua(t), ee === "inherit" ? N : L);
			return lt.reduce((t, [r, i]) => (t[r] = n(i[e]) * 4, t), []);
		}
		return Array(lt.length).fill(0);
	}, cs = () => {
		let e = te === "inherit" ? de : te;
		if (e === "segment") {
			let e = V.length - 1;
			return e < 1 ? [] : lt.reduce((t, [n, r, i]) => (t[n] = se(i, (t) => V[Math.floor(t / (i - 1) * e)]), t), []);
		}
		if (e) {
			let t = ga(e), n = te === "inherit" ? J : V, r = Wa(Ua(e), n);
			return lt.reduce((e, [i, a]) => (e[i] = n[r(a[t])], e), []);
		}
	}, ls = () => {
		let e = U === "inherit" ? ge : U;
		if (e === "segment") {
			let e = H.length - 1;
			return e < 1 ? [] : lt.reduce((t, [n, r, i]) => (t[n] = se(i, (t) => H[Math.floor(t / (i - 1) * e)]), t), []);
		}
		if (e) {
			let t = ga(e), n = U === "inherit" ? K : H, r = Wa(Ua(e), n);
			return lt.reduce((e, [i, a]) => (e[i] = n[r(a[t])], e), []);
		}
	}, us = (e) => {
		lt = [];
		let t = 0;
		Object.keys(e).forEach((n, r) => {
			lt[n] = [
				r,
				e[n].reference,
				e[n].length / 2,
				t
			], t += e[n].length / 2;
		});
	}, ds = (e) => new Promise((t) => {
		ct.setPoints([]), e?.length > 0 ? (ut = !0, fa(e, {
			maxIntPointsPerSegment: ie,
			tolerance: oe
		}).then((e) => {
			us(e);
			let n = Object.values(e);
			ct.setPoints(n.length === 1 ? n[0] : n, {
				colorIndices: ss(n),
				opacities: cs(),
				widths: ls()
			}), ut = !1, t();
		})) : t();
	}), fs = ({ preventEvent: e = !1 } = {}) => (Ye = !1, Xe.clear(), kr.subdata(Qo(Qe)), new Promise((n) => {
		let r = () => {
			t.subscribe("draw", () => {
				e || t.publish("unfilter"), n();
			}, 1), Q = !0;
		};
		I || wi(Ze[0]) ? ds(fi()).then(() => {
			e || t.publish("pointConnectionsDraw"), r();
		}) : r();
	})), ps = (e, { preventEvent: n = !1 } = {}) => {
		Ye = !0, Xe.clear();
		let r = Array.isArray(e) ? e : [e], i = [], a = [], o = [];
		for (let e of r) !Number.isFinite(e) || e < 0 || e >= Qe || (i.push(e), Xe.add(e), qe.has(e) && o.push(e));
		let s;
		if (Mr !== null) {
			s = [];
			for (let e = 0; e < Mr.length; e++) Xe.has(Mr[e]) && s.push(Mr[e]);
		} else s = la([...i]);
		for (let e of s) a.push.apply(a, ki(e));
		return kr.subdata(a), Ri(o, { preventEvent: n }), Xe.has($r) || Bi(-1, { preventEvent: n }), new Promise((e) => {
			let r = () => {
				t.subscribe("draw", () => {
					n || t.publish("filter", { points: i }), e();
				}, 1), Q = !0;
			};
			I || wi(Ze[0]) ? ds(fi()).then(() => {
				n || t.publish("pointConnectionsDraw"), Ri(o, { preventEvent: n }), r();
			}) : r();
		});
	}, ms = () => pi(Dt[0], Dt[1], Et[0], Et[1]), hs = pe(() => {
		$e = ms().length;
	}, Fe), gs = (e) => {
		let [t, n] = Pr, [r, i] = Fr, a = 1 - e, o = t * a + r * e, s = n * a + i * e, c = Ir * a + Lr * e;
		Y.lookAt([o, s], c);
	}, _s = () => ts(), vs = () => as(), ys = (e, t) => {
		zr ||= performance.now();
		let n = performance.now() - zr, r = ea(t(n / e), 0, 1);
		return _s() && zo({ t: r }), vs() && gs(r), n < e;
	}, bs = () => {
		Rr = !1, zr = null, Br = void 0, Vr = void 0, j = Hr, ns(), os(), t.publish("transitionEnd");
	}, xs = ({ duration: e = 500, easing: n = Pt }) => {
		Rr && t.publish("transitionEnd"), Rr = !0, zr = null, Br = e, Vr = Ui(n) ? Nt[n] || Pt : n, Hr = j, j = !1, t.publish("transitionStart");
	}, Ss = (e, n = {}) => Be ? Promise.reject(/* @__PURE__ */ Error(br)) : ze ? Promise.reject(/* @__PURE__ */ Error(xr)) : (ze = !0, ta(e).then((e) => new Promise((r) => {
		if (Be) {
			r();
			return;
		}
		let i = !1;
		n.preventFilterReset && e?.length === Qe || (Ye = !1, Xe.clear());
		let a = e && wi(e[0]) && (I || n.showPointConnectionsOnce), { zDataType: o, wDataType: s } = n;
		new Promise((c) => {
			e ? (n.transition && (e.length === Qe ? i = es(e, {
				z: o,
				w: s
			}) : console.warn("Cannot transition! The number of points between the previous and current draw call must be identical.")), rs(e, {
				zDataType: o,
				wDataType: s,
				preventFilterReset: n.preventFilterReset,
				spatialIndex: n.spatialIndex
			}).then(() => {
				n.hover !== void 0 && Bi(n.hover, { preventEvent: !0 }), n.select !== void 0 && Ri(n.select, { preventEvent: !0 }), n.filter !== void 0 && ps(n.filter, { preventEvent: !0 }), a ? ds(e).then(() => {
					t.publish("pointConnectionsDraw"), Q = !0, Zn = n.showReticleOnce;
				}).then(() => r()) : c();
			})) : c();
		}).then(() => {
			n.transition && i ? (a ? Promise.all([new Promise((e) => {
				t.subscribe("transitionEnd", () => {
					Q = !0, Zn = n.showReticleOnce, e();
				}, 1);
			}), new Promise((e) => {
				t.subscribe("pointConnectionsDraw", e, 1);
			})]).then(() => r()) : t.subscribe("transitionEnd", () => {
				Q = !0, Zn = n.showReticleOnce, r();
			}, 1), xs({
				duration: n.transitionDuration,
				easing: n.transitionEasing
			})) : (a ? Promise.all([new Promise((e) => {
				t.subscribe("draw", e, 1);
			}), new Promise((e) => {
				t.subscribe("pointConnectionsDraw", e, 1);
			})]).then(() => r()) : t.subscribe("draw", () => r(), 1), Q = !0, Zn = n.showReticleOnce);
		});
	}).finally(() => {
		ze = !1;
	}))), Cs = (e) => Be ? Promise.reject(new br()) : (Yr = !1, e.length === 0 ? new Promise((e) => {
		He.clear(), t.subscribe("draw", e, 1), Yr = !0, Q = !0;
	}) : new Promise((n) => {
		let r = [], i = /* @__PURE__ */ new Map(), a = [], o = [], s = -1, c = (e) => {
			o.push(e.lineWidth || De);
			let t = Zi(e.lineColor || Te, !0), n = `[${t.join(",")}]`;
			if (i.has(n)) {
				let { idx: e } = i.get(n);
				a.push(e);
			} else {
				let e = ++s;
				i.set(n, {
					idx: e,
					color: t
				}), a.push(e);
			}
		};
		for (let t of e) na(t) ? (r.push([
			t.x1 ?? -Oe,
			t.y,
			t.x2 ?? Oe,
			t.y
		]), c(t)) : ra(t) ? (r.push([
			t.x,
			t.y1 ?? -Oe,
			t.x,
			t.y2 ?? Oe
		]), c(t)) : aa(t) ? (r.push([
			t.x1,
			t.y1,
			t.x2,
			t.y1,
			t.x2,
			t.y2,
			t.x1,
			t.y2,
			t.x1,
			t.y1
		]), c(t)) : ia(t) ? (r.push([
			t.x,
			t.y,
			t.x + t.width,
			t.y,
			t.x + t.width,
			t.y + t.height,
			t.x,
			t.y + t.height,
			t.x,
			t.y
		]), c(t)) : oa(t) && (r.push(t.vertices.flatMap(W)), c(t));
		He.setStyle({ color: Array.from(i.values()).sort((e, t) => e.idx > t.idx ? 1 : -1).map(({ color: e }) => e) }), He.setPoints(r.length === 1 ? r.flat() : r, {
			colorIndices: a,
			widths: o
		}), t.subscribe("draw", n, 1), Yr = !0, Q = !0;
	})), ws = (e) => (...n) => {
		let r = e(...n);
		return Q = !0, new Promise((e) => {
			t.subscribe("draw", () => e(r), 1);
		});
	}, Ts = (e) => {
		let t = Infinity, n = -Infinity, r = Infinity, i = -Infinity;
		for (let a of e) {
			let [e, o] = Ze[a];
			t = Math.min(t, e), n = Math.max(n, e), r = Math.min(r, o), i = Math.max(i, o);
		}
		return {
			x: t,
			y: r,
			width: n - t,
			height: i - r
		};
	}, Es = (e, n = {}) => new Promise((r) => {
		let i = Ee([], [
			e.x + e.width / 2,
			e.y + e.height / 2,
			0,
			0
		], st).slice(0, 2), a = 2 * Math.atan(1), o = rt / it, s = e.height * o >= e.width ? e.height / 2 / Math.tan(a / 2) : e.width / 2 / Math.tan(a / 2) / o;
		n.transition ? (Y.config({ isFixed: !0 }), is(i, s), t.subscribe("transitionEnd", () => {
			r(), Y.config({ isFixed: ke });
		}, 1), xs({
			duration: n.transitionDuration,
			easing: n.transitionEasing
		})) : (Y.lookAt(i, s), t.subscribe("draw", r, 1), Q = !0);
	}), Ds = (e, t = {}) => {
		if (!Jr) return Promise.reject(/* @__PURE__ */ Error(yr));
		let n = Ts(e), r = n.x + n.width / 2, i = n.y + n.height / 2, a = di(), o = 1 + (t.padding || 0), s = Math.max(n.width, a) * o, c = Math.max(n.height, a) * o, l = r - s / 2, u = i - c / 2;
		return Es({
			x: l,
			y: u,
			width: s,
			height: c
		}, t);
	}, Os = (e, n, r = {}) => new Promise((i) => {
		r.transition ? (Y.config({ isFixed: !0 }), is(e, n), t.subscribe("transitionEnd", () => {
			i(), Y.config({ isFixed: ke });
		}, 1), xs({
			duration: r.transitionDuration,
			easing: r.transitionEasing
		})) : (Y.lookAt(e, n), t.subscribe("draw", i, 1), Q = !0);
	}), ks = (e = {}) => Os([0, 0], 1, e), As = (e) => {
		if (!Jr) throw Error(yr);
		let t = Ze[e];
		if (!t) return;
		let r = [
			t[0],
			t[1],
			0,
			1
		];
		return ye(n, at, ye(n, Y.view, st)), Ee(r, r, n), [Ae * (r[0] + 1) / 2, je * (.5 - r[1] / 2)];
	}, js = () => {
		ct.setStyle({
			color: Ca(L, z, B),
			opacity: V === null ? null : V[0],
			width: H[0]
		});
	}, Ms = () => {
		let e = Math.round(Ve) > .5 ? 0 : 255;
		$.initiator.style.border = `1px dashed rgba(${e}, ${e}, ${e}, 0.33)`, $.initiator.style.background = `rgba(${e}, ${e}, ${e}, 0.1)`;
	}, Ns = () => {
		let e = Math.round(Ve) > .5 ? 0 : 255;
		$.longPressIndicator.style.color = `rgb(${e}, ${e}, ${e})`, $.longPressIndicator.dataset.color = `rgb(${e}, ${e}, ${e})`;
		let t = m.map((e) => Math.round(e * 255));
		$.longPressIndicator.dataset.activeColor = `rgb(${t[0]}, ${t[1]}, ${t[2]})`;
	}, Ps = (e) => {
		e && (c = Zi(e, !0), Ve = $i(c), Ms(), Ns());
	}, Fs = (e) => {
		e ? Ui(e) ? Fi(a.regl, e).then((e) => {
			l = e, Q = !0, t.publish("backgroundImageReady");
		}).catch(() => {
			console.error(`Count not create texture from ${e}`), l = null;
		}) : l = e._reglType === "texture2d" ? e : null : l = null;
	}, Is = (e) => {
		e > 0 && Y.lookAt(Y.target, e, Y.rotation);
	}, Ls = (e) => {
		e !== null && Y.lookAt(Y.target, Y.distance[0], e);
	}, Rs = (e) => {
		e && Y.lookAt(e, Y.distance[0], Y.rotation);
	}, zs = (e) => {
		e && Y.setView(e);
	}, Bs = (e) => {
		ke = !!e, Y.config({ isFixed: ke });
	}, Vs = (e) => {
		if (!e) return;
		m = Zi(e, !0), X.setStyle({ color: m });
		let t = m.map((e) => Math.round(e * 255));
		$.longPressIndicator.dataset.activeColor = `rgb(${t[0]}, ${t[1]}, ${t[2]})`;
	}, Hs = (e) => {
		Number.isNaN(+e) || +e < 1 || (h = +e, X.setStyle({ width: h }));
	}, Us = (e) => {
		+e && (g = +e, $.set({ minDelay: g }));
	}, Ws = (e) => {
		+e && (_ = +e, $.set({ minDist: _ }));
	}, Gs = (e) => {
		v = Ni(Bt, v)(e);
	}, Ks = (e) => {
		y = !!e, $.set({ enableInitiator: y });
	}, qs = (e) => {
		b = e, $.set({ initiatorParentElement: b });
	}, Js = (e) => {
		x = e, $.set({ longPressIndicatorParentElement: x });
	}, Ys = (e) => {
		S = !!e;
	}, Xs = (e) => {
		C = Number(e);
	}, Zs = (e) => {
		w = Number(e);
	}, Qs = (e) => {
		T = Number(e);
	}, $s = (e) => {
		E = Number(e);
	}, ec = (e) => {
		e === "brush" ? $.set({
			type: e,
			minDist: Math.max(Vt, _)
		}) : $.set({
			type: e,
			minDist: _
		}), D = $.get("type");
	}, tc = (e) => {
		O = Number(e) || O, $.set({ brushSize: O });
	}, nc = () => {
		k[tn] ? Y.config({
			isRotate: !0,
			mouseDownMoveModKey: k[tn]
		}) : Y.config({ isRotate: !1 });
	}, rc = (e) => {
		k = Object.entries(e).reduce((e, [t, n]) => (dn.includes(n) && an.includes(t) && (e[t] = n), e), {}), nc();
	}, ic = (e) => {
		A = Ni(jt, Ot)(e), Y.config({ defaultMouseDownMoveAction: A === At ? "rotate" : "pan" });
	}, ac = (e) => {
		e !== null && (j = e);
	}, oc = (e) => {
		e && (M = Zi(e, !0), dt.setStyle({ color: M }), ft.setStyle({ color: M }));
	}, sc = (e) => {
		e && (ti = e, ri = e.domain()[0], ii = e ? e.domain()[1] - e.domain()[0] : 0, ti.range([0, Ae]), Na());
	}, cc = (e) => {
		e && (ni = e, ai = ni.domain()[0], oi = ni ? ni.domain()[1] - ni.domain()[0] : 0, ni.range([je, 0]), Na());
	}, lc = (e) => {
		f = !!e;
	}, uc = (e) => {
		p = !!e;
	}, dc = (e) => {
		I = !!e, I ? Jr && wi(Ze[0]) && ds(fi()).then(() => {
			t.publish("pointConnectionsDraw"), Q = !0;
		}) : ds();
	}, fc = (e, t) => (n) => {
		e(n === "inherit" ? [...t()] : (qi(n) ? n : [n]).map((e) => Zi(e, !0))), js();
	}, pc = fc((e) => {
		L = e;
	}, () => N), mc = fc((e) => {
		z = e;
	}, () => P), hc = fc((e) => {
		B = e;
	}, () => F), gc = (e) => {
		Ai(e, ji, { minLength: 1 }) && (V = [...e]), Mi(+e) && (V = [+e]), L = L.map((e) => (e[3] = Number.isNaN(+V[0]) ? e[3] : +V[0], e)), js();
	}, _c = (e) => {
		!Number.isNaN(+e) && +e && (ne = +e);
	}, vc = (e) => {
		Ai(e, ji, { minLength: 1 }) && (H = [...e]), Mi(+e) && (H = [+e]), js();
	}, yc = (e) => {
		!Number.isNaN(+e) && +e && (re = Math.max(0, e));
	}, bc = (e) => {
		ie = Math.max(0, e);
	}, xc = (e) => {
		oe = Math.max(0, e);
	}, Sc = (e) => {
		q = e, Ia();
	}, Cc = (e) => {
		switch (e) {
			case "linear":
				Se = e, So = bo;
				break;
			case "constant":
				Se = e, So = yo;
				break;
			default: Se = "asinh", So = xo;
		}
	}, wc = (e) => {
		fe = +e;
	}, Tc = (e) => {
		me = +e;
	}, Ec = (e) => {
		he = +e;
	}, Dc = (e) => {
		Te = Zi(e);
	}, Oc = (e) => {
		De = +e;
	}, kc = (e) => {
		Oe = +e;
	}, Ac = (e) => {
		a.gamma = e;
	}, jc = (e) => {
		o = Number(e) || .5;
	}, Mc = (e) => {
		s = !!e;
	}, Nc = (e) => {
		let [t] = Object.keys(ma({ [e]: vr }));
		if (t === "aspectRatio") return it;
		if (t === "background" || t === "backgroundColor") return c;
		if (t === "backgroundImage") return l;
		if (t === "camera") return Y;
		if (t === "cameraTarget") return Y.target;
		if (t === "cameraDistance") return Y.distance[0];
		if (t === "cameraRotation") return Y.rotation;
		if (t === "cameraView") return Y.view;
		if (t === "cameraIsFixed") return ke;
		if (t === "canvas") return u;
		if (t === "colorBy") return d;
		if (t === "sizeBy") return ge;
		if (t === "pointOrder") return be === null ? null : [...be];
		if (t === "deselectOnDblClick") return f;
		if (t === "deselectOnEscape") return p;
		if (t === "height") return Ce;
		if (t === "lassoColor") return m;
		if (t === "lassoLineWidth") return h;
		if (t === "lassoMinDelay") return g;
		if (t === "lassoMinDist") return _;
		if (t === "lassoClearEvent") return v;
		if (t === "lassoInitiator") return y;
		if (t === "lassoInitiatorElement") return $.initiator;
		if (t === "lassoInitiatorParentElement") return b;
		if (t === "lassoLongPressIndicatorParentElement") return x;
		if (t === "lassoOnLongPress") return S;
		if (t === "lassoType") return D;
		if (t === "lassoBrushSize") return O;
		if (t === "mouseMode") return A;
		if (t === "opacity") return J.length === 1 ? J[0] : J;
		if (t === "opacityBy") return de;
		if (t === "opacityByDensityFill") return fe;
		if (t === "opacityByDensityDebounceTime") return Fe;
		if (t === "opacityInactiveMax") return me;
		if (t === "opacityInactiveScale") return he;
		if (t === "points") return Ze;
		if (t === "hoveredPoint") return $r;
		if (t === "selectedPoints") return [...Z];
		if (t === "filteredPoints") return Ye ? Array.from(Xe) : Array.from({ length: Ze.length }, (e, t) => t);
		if (t === "pointsInView") return ms();
		if (t === "pointColor") return N.length === 1 ? N[0] : N;
		if (t === "pointColorActive") return P.length === 1 ? P[0] : P;
		if (t === "pointColorHover") return F.length === 1 ? F[0] : F;
		if (t === "pointOutlineWidth") return ue;
		if (t === "pointSize") return K.length === 1 ? K[0] : K;
		if (t === "pointSizeSelected") return le;
		if (t === "pointSizeMouseDetection") return q;
		if (t === "showPointConnections") return I;
		if (t === "pointConnectionColor") return L.length === 1 ? L[0] : L;
		if (t === "pointConnectionColorActive") return z.length === 1 ? z[0] : z;
		if (t === "pointConnectionColorHover") return B.length === 1 ? B[0] : B;
		if (t === "pointConnectionColorBy") return ee;
		if (t === "pointConnectionOpacity") return V.length === 1 ? V[0] : V;
		if (t === "pointConnectionOpacityBy") return te;
		if (t === "pointConnectionOpacityActive") return ne;
		if (t === "pointConnectionSize") return H.length === 1 ? H[0] : H;
		if (t === "pointConnectionSizeActive") return re;
		if (t === "pointConnectionSizeBy") return U;
		if (t === "pointConnectionMaxIntPointsPerSegment") return ie;
		if (t === "pointConnectionTolerance") return oe;
		if (t === "pointScaleMode") return Se;
		if (t === "reticleColor") return M;
		if (t === "regl") return a.regl;
		if (t === "showReticle") return j;
		if (t === "version") return gt;
		if (t === "width") return we;
		if (t === "xScale") return ti;
		if (t === "yScale") return ni;
		if (t === "performanceMode") return Pe;
		if (t === "renderPointsAsSquares") return Le;
		if (t === "disableAlphaBlending") return Re;
		if (t === "gamma") return a.gamma;
		if (t === "renderer") return a;
		if (t === "isDestroyed") return Be;
		if (t === "isDrawing") return ze;
		if (t === "isPointsDrawn") return Jr;
		if (t === "isPointsFiltered") return Ye;
		if (t === "isAnnotationsDrawn") return Yr;
		if (t === "zDataType") return Zr;
		if (t === "wDataType") return Qr;
		if (t === "spatialIndex") return nt?.data;
		if (t === "annotationLineColor") return Te;
		if (t === "annotationLineWidth") return De;
		if (t === "annotationHVLineLimit") return Oe;
		if (t === "antiAliasing") return o;
		if (t === "pixelAligned") return s;
		if (t === "actionKeyMap") return { ...k };
	}, Pc = (e = {}) => Be ? Promise.reject(/* @__PURE__ */ Error(br)) : (ma(e), (e.backgroundColor !== void 0 || e.background !== void 0) && Ps(e.backgroundColor || e.background), e.backgroundImage !== void 0 && Fs(e.backgroundImage), e.cameraTarget !== void 0 && Rs(e.cameraTarget), e.cameraDistance !== void 0 && Is(e.cameraDistance), e.cameraRotation !== void 0 && Ls(e.cameraRotation), e.cameraView !== void 0 && zs(e.cameraView), e.cameraIsFixed !== void 0 && Bs(e.cameraIsFixed), e.colorBy !== void 0 && Ga(e.colorBy), e.pointColor !== void 0 && ka(e.pointColor), e.pointColorActive !== void 0 && Aa(e.pointColorActive), e.pointColorHover !== void 0 && ja(e.pointColorHover), e.pointSize !== void 0 && La(e.pointSize), e.pointSizeSelected !== void 0 && Ra(e.pointSizeSelected), e.pointSizeMouseDetection !== void 0 && Sc(e.pointSizeMouseDetection), e.sizeBy !== void 0 && qa(e.sizeBy), e.pointOrder !== void 0 && Ja(e.pointOrder), e.opacity !== void 0 && Ha(e.opacity), e.showPointConnections !== void 0 && dc(e.showPointConnections), e.pointConnectionColor !== void 0 && pc(e.pointConnectionColor), e.pointConnectionColorActive !== void 0 && mc(e.pointConnectionColorActive), e.pointConnectionColorHover !== void 0 && hc(e.pointConnectionColorHover), e.pointConnectionColorBy !== void 0 && Ya(e.pointConnectionColorBy), e.pointConnectionOpacityBy !== void 0 && Xa(e.pointConnectionOpacityBy), e.pointConnectionOpacity !== void 0 && gc(e.pointConnectionOpacity), e.pointConnectionOpacityActive !== void 0 && _c(e.pointConnectionOpacityActive), e.pointConnectionSize !== void 0 && vc(e.pointConnectionSize), e.pointConnectionSizeActive !== void 0 && yc(e.pointConnectionSizeActive), e.pointConnectionSizeBy !== void 0 && Za(e.pointConnectionSizeBy), e.pointConnectionMaxIntPointsPerSegment !== void 0 && bc(e.pointConnectionMaxIntPointsPerSegment), e.pointConnectionTolerance !== void 0 && xc(e.pointConnectionTolerance), e.pointScaleMode !== void 0 && Cc(e.pointScaleMode), e.opacityBy !== void 0 && Ka(e.opacityBy), e.lassoColor !== void 0 && Vs(e.lassoColor), e.lassoLineWidth !== void 0 && Hs(e.lassoLineWidth), e.lassoMinDelay !== void 0 && Us(e.lassoMinDelay), e.lassoMinDist !== void 0 && Ws(e.lassoMinDist), e.lassoClearEvent !== void 0 && Gs(e.lassoClearEvent), e.lassoInitiator !== void 0 && Ks(e.lassoInitiator), e.lassoInitiatorParentElement !== void 0 && qs(e.lassoInitiatorParentElement), e.lassoLongPressIndicatorParentElement !== void 0 && Js(e.lassoLongPressIndicatorParentElement), e.lassoOnLongPress !== void 0 && Ys(e.lassoOnLongPress), e.lassoLongPressTime !== void 0 && Xs(e.lassoLongPressTime), e.lassoLongPressAfterEffectTime !== void 0 && Zs(e.lassoLongPressAfterEffectTime), e.lassoLongPressEffectDelay !== void 0 && Qs(e.lassoLongPressEffectDelay), e.lassoLongPressRevertEffectTime !== void 0 && $s(e.lassoLongPressRevertEffectTime), e.lassoType !== void 0 && ec(e.lassoType), e.lassoBrushSize !== void 0 && tc(e.lassoBrushSize), e.actionKeyMap !== void 0 && rc(e.actionKeyMap), e.mouseMode !== void 0 && ic(e.mouseMode), e.showReticle !== void 0 && ac(e.showReticle), e.reticleColor !== void 0 && oc(e.reticleColor), e.pointOutlineWidth !== void 0 && za(e.pointOutlineWidth), e.height !== void 0 && Fa(e.height), e.width !== void 0 && Va(e.width), e.aspectRatio !== void 0 && Da(e.aspectRatio), e.xScale !== void 0 && sc(e.xScale), e.yScale !== void 0 && cc(e.yScale), e.deselectOnDblClick !== void 0 && lc(e.deselectOnDblClick), e.deselectOnEscape !== void 0 && uc(e.deselectOnEscape), e.opacityByDensityFill !== void 0 && wc(e.opacityByDensityFill), e.opacityInactiveMax !== void 0 && Tc(e.opacityInactiveMax), e.opacityInactiveScale !== void 0 && Ec(e.opacityInactiveScale), e.gamma !== void 0 && Ac(e.gamma), e.annotationLineColor !== void 0 && Dc(e.annotationLineColor), e.annotationLineWidth !== void 0 && Oc(e.annotationLineWidth), e.annotationHVLineLimit !== void 0 && kc(e.annotationHVLineLimit), e.antiAliasing !== void 0 && jc(e.antiAliasing), e.pixelAligned !== void 0 && Mc(e.pixelAligned), new Promise((e) => {
		window.requestAnimationFrame(() => {
			!Be && u && (Ea(), Y.refresh(), a.refresh(), Zc(), e());
		});
	})), Fc = (e, { preventEvent: t = !1 } = {}) => {
		zs(e), Q = !0, gn = t;
	}, Ic = () => {
		Y ||= Me(u, {
			isFixed: ke,
			isPanInverted: [!1, !0],
			defaultMouseDownMoveAction: A === At ? "rotate" : "pan"
		}), e.cameraView ? Y.setView(_e(e.cameraView)) : e.cameraTarget || e.cameraDistance || e.cameraRotation ? Y.lookAt([...e.cameraTarget || qn], e.cameraDistance || Jn, e.cameraRotation || Yn) : Y.setView(_e(Xn)), Et = ui(1, 1), Dt = ui(-1, -1);
	}, Lc = ({ preventEvent: e = !1 } = {}) => {
		Ic(), Na(), e || t.publish("view", {
			view: Y.view,
			camera: Y,
			xScale: ti,
			yScale: ni
		});
	}, Rc = ({ key: e }) => {
		e === "Escape" && p && Ii();
	}, zc = () => {
		ei = !0, Xr = !0;
	}, Bc = () => {
		Bi(), ei = !1, Xr = !0, Q = !0;
	}, Vc = () => {
		Q = !0;
	}, Hc = () => {
		rs([]), ct.clear();
	}, Uc = () => {
		ct.clear();
	}, Wc = () => {
		Cs([]);
	}, Gc = () => {
		Hc(), Wc();
	}, Kc = () => {
		let e = we === yt, t = Ce === yt;
		if (e || t) {
			let { width: n, height: r } = u.getBoundingClientRect();
			e && Ba(n, !0), t && Pa(r, !0), Ea(), Na(), Q = !0;
		}
		Y.refresh();
	}, qc = async (e) => {
		u.style.userSelect = "none";
		let n = window.devicePixelRatio, r = K, i = we, c = Ce, l = a.canvas.width / n, d = a.canvas.height / n, f = s, p = o, m = e?.scale || 1, h = Array.isArray(K) ? K.map((e) => e * m) : K * m, g = Ae * m, _ = je * m;
		La(h), Va(g), Fa(_), Mc(e?.pixelAligned || s), jc(e?.antiAliasing || o), a.resize(we, Ce), a.refresh(), await new Promise((e) => {
			t.subscribe("draw", e, 1), Zc();
		});
		let v = u.getContext("2d").getImageData(0, 0, u.width, u.height);
		return a.resize(l, d), a.refresh(), La(r), Va(i), Fa(c), Mc(f), jc(p), await new Promise((e) => {
			t.subscribe("draw", e, 1), Zc();
		}), u.style.userSelect = null, v;
	}, Jc = (e) => e === void 0 ? u.getContext("2d").getImageData(0, 0, u.width, u.height) : qc(e), Yc = () => {
		Ea(), Ic(), Na(), X = ht(a.regl, {
			color: m,
			width: h,
			is2d: !0
		}), ct = ht(a.regl, {
			color: Ca(L, z, B),
			opacity: V === null ? null : V[0],
			width: H[0],
			is2d: !0
		}), dt = ht(a.regl, {
			color: M,
			width: 1,
			is2d: !0
		}), ft = ht(a.regl, {
			color: M,
			width: 1,
			is2d: !0
		}), He = ht(a.regl, {
			color: Te,
			width: De,
			is2d: !0
		}), Ia(), u.addEventListener("wheel", Vc), kr = a.regl.buffer(), Ar = a.regl.buffer(), jr = a.regl.buffer({
			usage: "dynamic",
			type: "float",
			length: Tt * 2
		}), Ur = wa(), Gr = Sa();
		let e = Pc({
			backgroundImage: l,
			width: we,
			height: Ce,
			actionKeyMap: k
		});
		Ms(), Ns(), window.addEventListener("keyup", Rc, !1), window.addEventListener("blur", xa, !1), window.addEventListener("mouseup", _a, !1), window.addEventListener("mousemove", ba, !1), u.addEventListener("mousedown", pa, !1), u.addEventListener("mouseenter", zc, !1), u.addEventListener("mouseleave", Bc, !1), u.addEventListener("click", va, !1), u.addEventListener("dblclick", ya, !1), "ResizeObserver" in window ? (ur = new ResizeObserver(Kc), ur.observe(u)) : (window.addEventListener("resize", Kc), window.addEventListener("orientationchange", Kc)), e.then(() => {
			t.publish("init");
		});
	}, Xc = a.onFrame(() => {
		if (qr = Y.tick(), !Jr && !Yr || !Q && !Rr) return;
		Rr && !ys(Br, Vr) && bs(), qr && (Et = ui(1, 1), Dt = ui(-1, -1), de === "density" && hs()), a.render(() => {
			let e = u.width / a.canvas.width, t = u.height / a.canvas.height;
			Ta(e, t), l?._reglType && qo(), tt.length > 2 && Jo(), Rr || ct.draw({
				projection: ho(),
				model: _o(),
				view: go()
			});
			let n = Co();
			Jr && n > 0 && Vo(), !Ue && (j || Zn) && Yo(), $r >= 0 && Ho(), Z.length > 0 && Ko(), He.draw({
				projection: ho(),
				model: _o(),
				view: go()
			}), X.draw({
				projection: ho(),
				model: _o(),
				view: go()
			});
		}, u);
		let e = {
			view: Y.view,
			isViewChanged: qr,
			camera: Y,
			xScale: ti,
			yScale: ni
		};
		qr && (Na(), gn ? gn = !1 : t.publish("view", e)), Q = !1, Zn = !1, t.publish("drawing", e, { async: !1 }), t.publish("draw", e);
	}), Zc = () => {
		Q = !0;
	};
	return Yc(), {
		get isSupported() {
			return a.isSupported;
		},
		clear: ws(Gc),
		clearPoints: ws(Hc),
		clearPointConnections: ws(Uc),
		clearAnnotations: ws(Wc),
		createTextureFromUrl: (e, t = fr) => Fi(a.regl, e, t),
		deselect: Ii,
		destroy: () => {
			Jr = !1, Yr = !1, Be = !0, Xc(), window.removeEventListener("keyup", Rc, !1), window.removeEventListener("blur", xa, !1), window.removeEventListener("mouseup", _a, !1), window.removeEventListener("mousemove", ba, !1), u.removeEventListener("mousedown", pa, !1), u.removeEventListener("mouseenter", zc, !1), u.removeEventListener("mouseleave", Bc, !1), u.removeEventListener("click", va, !1), u.removeEventListener("dblclick", ya, !1), u.removeEventListener("wheel", Vc, !1), ur ? ur.disconnect() : (window.removeEventListener("resize", Kc), window.removeEventListener("orientationchange", Kc)), u = void 0, Y.dispose(), Y = void 0, X.destroy(), $.destroy(), ct.destroy(), dt.destroy(), ft.destroy(), Ur && Ur.destroy(), Gr && Gr.destroy(), e.renderer || a.isDestroyed || a.destroy(), t.publish("destroy"), t.clear();
		},
		draw: Ss,
		drawAnnotations: Cs,
		filter: ps,
		get: Nc,
		getScreenPosition: As,
		hover: Bi,
		lassoSelect: zi,
		redraw: Zc,
		refresh: a.refresh,
		reset: ws(Lc),
		select: Ri,
		set: Pc,
		export: Jc,
		subscribe: t.subscribe,
		unfilter: fs,
		unsubscribe: t.unsubscribe,
		view: Fc,
		zoomToLocation: Os,
		zoomToArea: Es,
		zoomToPoints: Ds,
		zoomToOrigin: ks
	};
};
// src/pick.js
function va({ xs: e, ys: t, depths: n }, r, i, { shown: a, reach: o }) {
	let s = -1, c = Infinity;
	for (let l = 0; l < e.length; l += 1) {
		let u = e[l] - r, d = t[l] - i;
		if (u > o || u < -o || d > o || d < -o || a && !a[l]) continue;
		let f = u * u + d * d;
		if (f > o * o) continue;
		let p = n ? n[l] + f * 1e-4 : f;
		p < c && ([c, s] = [p, l]);
	}
	return s;
}
// src/flat.js
var ya = class {
	constructor(e, { width: t, height: n }, r) {
		if (this.plot = _a({
			canvas: e,
			width: t,
			height: n,
			syncEvents: !0,
			pointOutlineWidth: 1,
			pointSizeSelected: .5,
			opacityInactiveScale: .3,
			opacityInactiveMax: .3,
			deselectOnDblClick: !1,
			deselectOnEscape: !1,
			spatialIndexUseWorker: !1,
			actionKeyMap: {}
		}), !this.plot.isSupported) throw Error("WebGL is missing");
		this.chosen = [], this.plot.subscribe("select", ({ points: e }) => {
			e.length === 1 && (this.putBack(), r.open(e[0]));
		}), this.plot.subscribe("view", r.moved), this.plot.subscribe("pointover", r.hover), this.plot.subscribe("pointout", () => r.hover(-1)), this.left = () => r.hover(-1), e.addEventListener("mouseleave", this.left), this.canvas = e;
	}
	async draw(e, t, { colours: n, text: r, background: i, isNew: a }) {
		let { plot: o } = this;
		this.points = e, o.set({
			colorBy: "valueA",
			pointColor: n,
			pointColorActive: n,
			pointColorHover: r,
			pointSize: Sa(e.n),
			opacity: e.n > 5e3 ? .75 : .9,
			backgroundColor: i
		});
		let s = a ? void 0 : o.get("spatialIndex"), c = {
			x: e.x,
			y: e.y,
			valueA: Float32Array.from(t)
		};
		a && (this.chosen = []), await o.draw(c, {
			zDataType: "categorical",
			spatialIndex: s
		}), a && (this.ends = ba(e), o.reset({ preventEvent: !0 })), this.chosen.length && o.select([...this.chosen], { preventEvent: !0 });
	}
	show(e) {
		this.shown = e, e ? this.plot.filter(d(e), { preventEvent: !0 }) : this.plot.get("isPointsFiltered") && this.plot.unfilter({ preventEvent: !0 });
	}
	select(e) {
		this.chosen = d(e), this.chosen.length ? this.plot.select([...this.chosen], { preventEvent: !0 }) : this.plot.deselect({ preventEvent: !0 });
	}
	putBack() {
		setTimeout(() => {
			this.chosen.length ? this.plot?.select([...this.chosen], { preventEvent: !0 }) : this.plot?.deselect({ preventEvent: !0 });
		});
	}
	screen(e) {
		return this.plot.getScreenPosition(e);
	}
	places() {
		let { x: e, y: t, n } = this.points, r = xa(e, this.ends.x, (e) => this.screen(e)[0]), i = xa(t, this.ends.y, (e) => this.screen(e)[1]), [a, o] = [new Float32Array(n), new Float32Array(n)];
		for (let s = 0; s < n; s += 1) a[s] = r.a * e[s] + r.b, o[s] = i.a * t[s] + i.b;
		return {
			xs: a,
			ys: o
		};
	}
	pick(e, t) {
		return va(this.places(), e, t, {
			shown: this.shown,
			reach: 6
		});
	}
	reset() {
		this.plot.reset();
	}
	resize(e, t) {
		this.plot.set({
			width: e,
			height: t
		});
	}
	destroy() {
		this.canvas.removeEventListener("mouseleave", this.left), this.plot.destroy(), this.plot = null;
	}
};
function ba({ x: e, y: t, n }) {
	let r = {
		x: [0, 0],
		y: [0, 0]
	};
	for (let i = 1; i < n; i += 1) e[i] < e[r.x[0]] && (r.x[0] = i), e[i] > e[r.x[1]] && (r.x[1] = i), t[i] < t[r.y[0]] && (r.y[0] = i), t[i] > t[r.y[1]] && (r.y[1] = i);
	return r;
}
function xa(e, [t, n], r) {
	let i = e[n] - e[t], a = i ? (r(n) - r(t)) / i : 0;
	return {
		a,
		b: r(t) - a * e[t]
	};
}
function Sa(e) {
	return e > 3e5 ? 1.2 : e > 6e4 ? 2 : e > 1e4 ? 3 : e > 1500 ? 4.5 : 7;
}
// src/legend.js
function Ca({ names: e, colours: t, low: n, high: r, title: i }, a, { hidden: o, toggle: s }) {
	if (!e.length) return wa({
		colours: t,
		low: n,
		high: r,
		title: i
	});
	let c = /* @__PURE__ */ new Uint32Array(256);
	for (let e of a) c[e] += 1;
	let l = e.map((e, t) => [t, e]);
	return c[255] && l.push([255, e.length > 254 ? "others" : "none"]), l.filter(([e]) => c[e]).map(([e, n]) => {
		let r = C("button", "");
		r.type = "button", r.title = "Show or hide " + n;
		let i = C("span", "mark");
		return i.style.background = t[e], r.append(i, C("span", "name", n), C("span", "n", T(c[e]))), r.setAttribute("aria-pressed", String(!o.has(e))), r.onclick = () => {
			s(e), r.setAttribute("aria-pressed", String(!o.has(e)));
		}, r;
	});
}
function wa({ colours: e, low: t, high: n, title: r }) {
	let i = C("span", "ramp"), a = [
		0,
		64,
		128,
		192,
		254
	].map((t) => e[t]);
	return i.style.background = `linear-gradient(90deg, ${a.join(", ")})`, [
		C("span", "name", r),
		C("span", "n", t),
		i,
		C("span", "n", n)
	];
}
// src/loop.js
var Ta = 4, Ea = class {
	constructor(e, { wants: t, done: n, clicked: r }) {
		Object.assign(this, {
			stage: e,
			wants: t,
			done: n,
			clicked: r,
			path: null
		}), this.sheet = document.createElement("canvas"), this.sheet.className = "vmap-loop";
		let i = (t, n) => e.addEventListener(t, n, !0);
		i("pointerdown", (e) => this.begin(e)), i("pointermove", (e) => this.extend(e)), i("pointerup", (e) => this.end(e)), i("pointercancel", () => this.cancel()), i("mousedown", (e) => {
			this.path && e.stopPropagation();
		}), i("click", (e) => {
			this.swallow && e.stopPropagation(), this.swallow = !1;
		});
	}
	get isDrawing() {
		return this.path !== null;
	}
	begin(e) {
		this.shape = e.button === 0 ? this.wants(e) : "", this.swallow = !1, this.shape && (e.preventDefault(), this.stage.setPointerCapture(e.pointerId), this.path = [this.at(e)], this.swallow = !0, this.sheet.width = this.stage.clientWidth, this.sheet.height = this.stage.clientHeight);
	}
	extend(e) {
		if (!this.path) return;
		let t = this.at(e), n = this.path[this.path.length - 1];
		this.shape === "box" ? this.path = [this.path[0], t] : Math.hypot(t[0] - n[0], t[1] - n[1]) >= 2 && this.path.push(t), this.paint(getComputedStyle(this.stage).color);
	}
	end(e) {
		if (!this.path) return;
		this.extend(e);
		let t = this.corners(), n = t.map(([e]) => e), r = t.map(([, e]) => e), i = Math.max(Math.max(...n) - Math.min(...n), Math.max(...r) - Math.min(...r));
		this.cancel(), i < Ta ? this.clicked(...this.at(e), e) : this.done(t, e);
	}
	cancel() {
		this.path = null, this.sheet.getContext("2d").clearRect(0, 0, this.sheet.width, this.sheet.height);
	}
	corners() {
		if (this.shape !== "box" || this.path.length < 2) return this.path;
		let [[e, t], [n, r]] = this.path;
		return [
			[e, t],
			[n, t],
			[n, r],
			[e, r]
		];
	}
	at(e) {
		let t = this.stage.getBoundingClientRect();
		return [e.clientX - t.left - this.stage.clientLeft, e.clientY - t.top - this.stage.clientTop];
	}
	paint(e) {
		let t = this.sheet.getContext("2d");
		t.clearRect(0, 0, this.sheet.width, this.sheet.height), Oa(t, this.corners()), [t.fillStyle, t.globalAlpha] = [e, .08], t.fill("evenodd"), [t.strokeStyle, t.globalAlpha, t.lineWidth] = [
			e,
			.8,
			1.5
		], t.stroke();
	}
};
function Da(e, { xs: t, ys: n }, r, i, a) {
	let o = document.createElement("canvas");
	[o.width, o.height] = [Math.max(1, Math.ceil(i)), Math.max(1, Math.ceil(a))];
	let s = o.getContext("2d", { willReadFrequently: !0 });
	Oa(s, e), s.fill("evenodd");
	let { data: c } = s.getImageData(0, 0, o.width, o.height), l = new Uint8Array(t.length);
	for (let e = 0; e < t.length; e += 1) {
		let i = Math.floor(t[e]), a = Math.floor(n[e]);
		i < 0 || a < 0 || i >= o.width || a >= o.height || r && !r[e] || (l[e] = +(c[4 * (a * o.width + i) + 3] > 127));
	}
	return l;
}
function Oa(e, t) {
	e.beginPath();
	for (let [n, r] of t) e.lineTo(n, r);
	e.closePath();
}
// src/names.js
var ka = 48;
function Aa(e, t, n) {
	let r = /* @__PURE__ */ new Map(), i = (t) => {
		let n = Math.min(47, Math.floor((e.x[t] + 1) / 2 * ka));
		return Math.min(47, Math.floor((e.y[t] + 1) / 2 * ka)) * ka + n;
	};
	for (let a = 0; a < e.n; a += 1) t[a] >= n || (r.has(t[a]) || r.set(t[a], /* @__PURE__ */ new Uint32Array(2304)), r.get(t[a])[i(a)] += 1);
	let a = /* @__PURE__ */ new Map();
	for (let [e, t] of r) {
		let n = Ma(t);
		a.set(e, {
			x: (n % ka + .5) / ka * 2 - 1,
			y: (Math.floor(n / ka) + .5) / ka * 2 - 1,
			away: Infinity
		});
	}
	for (let n = 0; n < e.n; n += 1) {
		let r = a.get(t[n]);
		if (!r) continue;
		let i = (e.x[n] - r.x) ** 2 + (e.y[n] - r.y) ** 2;
		i < r.away && Object.assign(r, {
			away: i,
			point: n
		});
	}
	return new Map([...a].map(([e, t]) => [e, t.point]));
}
function ja({ n: e, xyz: t }, n, r) {
	let i = /* @__PURE__ */ new Map();
	for (let a = 0; a < e; a += 1) {
		if (n[a] >= r) continue;
		i.has(n[a]) || i.set(n[a], [
			0,
			0,
			0,
			0
		]);
		let e = i.get(n[a]);
		for (let n = 0; n < 3; n += 1) e[n] += t[3 * a + n];
		e[3] += 1;
	}
	let a = new Map([...i].map(([e, [t, n, r, i]]) => [e, {
		at: [
			t / i,
			n / i,
			r / i
		],
		away: Infinity
	}]));
	for (let r = 0; r < e; r += 1) {
		let e = a.get(n[r]);
		if (!e) continue;
		let i = e.at.reduce((e, n, i) => e + (t[3 * r + i] - n) ** 2, 0);
		i < e.away && Object.assign(e, {
			away: i,
			point: r
		});
	}
	return new Map([...a].map(([e, t]) => [e, t.point]));
}
function Ma(e) {
	let t = 0, n = -1;
	for (let r = 0; r < e.length; r += 1) {
		if (!e[r]) continue;
		let i = 0, a = r % ka;
		for (let t = -1; t <= 1; t += 1) for (let n = -1; n <= 1; n += 1) a + n < 0 || a + n >= ka || (i += e[r + t * ka + n] || 0);
		i > n && ([n, t] = [i, r]);
	}
	return t;
}
// src/picture.js
var Na = 2;
async function Pa(e, t, n) {
	let r = await fetch(e);
	if (!r.ok) throw Error("the server answered " + r.status + " to the picture");
	let i = await r.blob();
	Ia(t === "svg" ? i : await Fa(i), n + "." + t);
}
async function Fa(e) {
	let t = URL.createObjectURL(e);
	try {
		let e = new Image();
		e.src = t, await e.decode();
		let n = document.createElement("canvas");
		return [n.width, n.height] = [e.naturalWidth * Na, e.naturalHeight * Na], n.getContext("2d").drawImage(e, 0, 0, n.width, n.height), await new Promise((e) => n.toBlob(e, "image/png"));
	} finally {
		URL.revokeObjectURL(t);
	}
}
function Ia(e, t) {
	let n = document.createElement("a");
	n.href = URL.createObjectURL(e), n.download = t, n.click(), setTimeout(() => URL.revokeObjectURL(n.href), 6e4);
}
// src/solid.js
var La = 3, Ra = 2.2, za = 32767, Ba = "\nprecision highp float;\nattribute vec3 place;\nattribute float code, mark;\nuniform mat3 turn;\nuniform vec2 lens;\nuniform float away, size, faint;\nuniform sampler2D palette;\nvarying vec4 colour;\nvoid main() {\n  vec3 seen = turn * place;\n  float depth = away - seen.z;\n  float isFaint = mark > 1.5 && mark < 2.5 ? 1.0 : 0.0;\n  float gone = mark < 0.5 || isFaint != faint ? 1.0 : 0.0;\n  gl_Position = vec4(seen.xy * lens, (depth - 0.05) / 12.0 * 2.0 * depth - depth, depth) + vec4(gone * 1e6, 0.0, 0.0, 0.0);\n  gl_PointSize = size * away / max(depth, 0.05) * (mark > 2.5 ? 1.5 : 1.0);\n  colour = vec4(texture2D(palette, vec2((code + 0.5) / 256.0, 0.5)).rgb, faint > 0.5 ? 0.12 : 0.9);\n}", Va = "\nprecision mediump float;\nvarying vec4 colour;\nvoid main() {\n  vec2 at = gl_PointCoord - 0.5;\n  float edge = dot(at, at);\n  if (edge > 0.25) discard;\n  gl_FragColor = vec4(colour.rgb * (1.0 - 0.9 * max(0.0, edge - 0.12)), colour.a);\n}", Ha = 0, Ua = 1, Wa = 2, Ga = 3, Ka = class {
	constructor(e, { width: t, height: n }, r) {
		let i = {
			antialias: !0,
			alpha: !1,
			preserveDrawingBuffer: !0
		};
		this.regl = (0, ee.default)({
			canvas: e,
			attributes: i
		}), Object.assign(this, {
			canvas: e,
			heard: r,
			shown: null,
			chosen: null
		}), this.buffers = {
			place: this.regl.buffer(0),
			code: this.regl.buffer(0),
			mark: this.regl.buffer(0)
		}, this.palette = this.regl.texture({
			width: 256,
			height: 1
		}), this.paint = this.command(), this.look(), this.resize(t, n), this.listen();
	}
	command() {
		let { regl: e } = this;
		return e({
			vert: Ba,
			frag: Va,
			primitive: "points",
			count: e.prop("n"),
			attributes: {
				place: {
					buffer: this.buffers.place,
					type: "int16",
					normalized: !0
				},
				code: {
					buffer: this.buffers.code,
					type: "uint8"
				},
				mark: {
					buffer: this.buffers.mark,
					type: "uint8"
				}
			},
			uniforms: {
				turn: () => this.turn,
				lens: () => this.lens,
				away: () => this.away,
				palette: this.palette,
				size: () => this.size * (window.devicePixelRatio || 1),
				faint: e.prop("faint")
			},
			depth: {
				enable: !0,
				mask: (e, { faint: t }) => !t
			},
			blend: {
				enable: !0,
				func: {
					srcRGB: "src alpha",
					srcAlpha: 1,
					dstRGB: "one minus src alpha",
					dstAlpha: 1
				}
			}
		});
	}
	async draw(e, t, { colours: n, background: r, isNew: i }) {
		this.points = e, this.background = qa(r), this.size = e.n > 3e5 ? 1.5 : e.n > 1e4 ? 3 : e.n > 1500 ? 5 : 8, i && (this.buffers.place({
			data: e.xyz,
			type: "int16"
		}), this.chosen = null, this.look()), this.buffers.code({
			data: t,
			type: "uint8"
		});
		let a = /* @__PURE__ */ new Uint8Array(1024);
		n.forEach((e, t) => {
			qa(e).forEach((e, n) => {
				a[4 * t + n] = Math.round(e * 255);
			}), a[4 * t + 3] = 255;
		}), this.palette({
			width: 256,
			height: 1,
			data: a
		}), this.marks();
	}
	show(e) {
		this.shown = e, this.marks();
	}
	select(e) {
		this.chosen = e.some((e) => e) ? e : null, this.marks();
	}
	marks() {
		let { n: e } = this.points, t = new Uint8Array(e).fill(this.chosen ? Wa : Ua);
		for (let n = 0; n < e; n += 1) this.shown && !this.shown[n] ? t[n] = Ha : this.chosen?.[n] && (t[n] = Ga);
		this.buffers.mark({
			data: t,
			type: "uint8"
		}), this.render();
	}
	look() {
		this.turn = [
			1,
			0,
			0,
			0,
			1,
			0,
			0,
			0,
			1
		], this.away = La, this.rotate(.6, .35);
	}
	rotate(e, t) {
		let [n, r, i, a] = [
			Math.cos(e),
			Math.sin(e),
			Math.cos(t),
			Math.sin(t)
		], o = [
			n,
			a * r,
			-i * r,
			0,
			i,
			a,
			r,
			-a * n,
			i * n
		];
		this.turn = Ja(o, this.turn);
	}
	render() {
		!this.waiting && this.points && (this.waiting = requestAnimationFrame(() => {
			if (this.waiting = 0, !this.regl) return;
			this.regl.poll(), this.regl.clear({
				color: [...this.background, 1],
				depth: 1
			});
			let { n: e } = this.points;
			e && this.paint([{
				n: e,
				faint: 0
			}, {
				n: e,
				faint: 1
			}]), this.heard.moved();
		}));
	}
	listen() {
		let e = {
			x: 0,
			y: 0,
			far: 0
		};
		this.handlers = {
			pointerdown: (t) => {
				t.button === 0 && (this.canvas.setPointerCapture(t.pointerId), Object.assign(e, {
					x: t.clientX,
					y: t.clientY,
					far: 0
				}), this.held = !0);
			},
			pointermove: (t) => {
				if (!this.held) return this.lookFor(t);
				let [n, r] = [t.clientX - e.x, t.clientY - e.y];
				return Object.assign(e, {
					x: t.clientX,
					y: t.clientY,
					far: e.far + Math.abs(n) + Math.abs(r)
				}), this.rotate(n * .008, r * .008), this.render();
			},
			pointerup: (t) => {
				if (!this.held) return;
				this.held = !1;
				let n = e.far < 4 ? this.pick(t.offsetX, t.offsetY) : -1;
				n >= 0 && this.heard.open(n);
			},
			pointercancel: () => {
				this.held = !1;
			},
			pointerleave: () => this.heard.hover(-1),
			wheel: (e) => {
				e.preventDefault(), this.away = Math.min(9, Math.max(.4, this.away * Math.exp(e.deltaY * .001))), this.render();
			}
		};
		for (let [e, t] of Object.entries(this.handlers)) this.canvas.addEventListener(e, t, { passive: !1 });
	}
	lookFor(e) {
		if (!this.points) return;
		let t = this.pick(e.offsetX, e.offsetY);
		t !== this.hovered && (this.hovered = t, this.heard.hover(t));
	}
	pick(e, t) {
		return va(this.places(), e, t, {
			shown: this.shown,
			reach: 6
		});
	}
	screen(e) {
		let { xyz: t } = this.points;
		return this.project(t[3 * e], t[3 * e + 1], t[3 * e + 2]);
	}
	places() {
		let { n: e, xyz: t } = this.points, [n, r, i] = [
			new Float32Array(e),
			new Float32Array(e),
			new Float32Array(e)
		];
		for (let a = 0; a < e; a += 1) [n[a], r[a], i[a]] = this.project(t[3 * a], t[3 * a + 1], t[3 * a + 2]);
		return {
			xs: n,
			ys: r,
			depths: i
		};
	}
	project(e, t, n) {
		let [r, i, a] = [
			e / za,
			t / za,
			n / za
		], o = this.turn, s = this.away - (o[2] * r + o[5] * i + o[8] * a);
		if (s < .05) return [
			-1e6,
			-1e6,
			1e6
		];
		let c = (o[0] * r + o[3] * i + o[6] * a) * this.lens[0] / s, l = (o[1] * r + o[4] * i + o[7] * a) * this.lens[1] / s;
		return [
			(c + 1) / 2 * this.width,
			(1 - l) / 2 * this.height,
			s
		];
	}
	reset() {
		this.look(), this.render();
	}
	resize(e, t) {
		let n = window.devicePixelRatio || 1;
		Object.assign(this, {
			width: e,
			height: t
		}), [this.canvas.width, this.canvas.height] = [Math.round(e * n), Math.round(t * n)], Object.assign(this.canvas.style, {
			width: e + "px",
			height: t + "px"
		});
		let r = Math.min(e, t);
		this.lens = [Ra * r / e, Ra * r / t], this.render();
	}
	destroy() {
		cancelAnimationFrame(this.waiting);
		for (let [e, t] of Object.entries(this.handlers)) this.canvas.removeEventListener(e, t);
		this.regl.destroy(), this.regl = null;
	}
};
function qa(e) {
	return [
		1,
		3,
		5
	].map((t) => parseInt(e.slice(t, t + 2), 16) / 255);
}
function Ja(e, t) {
	let n = Array(9).fill(0);
	for (let r = 0; r < 3; r += 1) for (let i = 0; i < 3; i += 1) for (let a = 0; a < 3; a += 1) n[3 * r + i] += e[3 * a + i] * t[3 * r + a];
	return n;
}
// src/map.js
var Ya = 24, [Xa, Za, Qa] = [
	7,
	34,
	14
], $a = 60, eo = {
	move: "Move",
	lasso: "Lasso",
	box: "Box"
}, to = {
	new: "New",
	add: "Add",
	subtract: "Subtract"
}, no = /* @__PURE__ */ new WeakMap();
function ro(e, t) {
	no.has(e) || no.set(e, new ao(e)), no.get(e).update(t);
}
function io(e) {
	no.get(e)?.destroy(), no.delete(e);
}
var ao = class {
	constructor(e) {
		this.root = e, this.hidden = /* @__PURE__ */ new Set(), this.told = /* @__PURE__ */ new Set(), this.fit = null, this.shown = null, this.build(), this.tool("move"), this.how("new");
	}
	build() {
		this.tools = C("div", "vmap-tools");
		let e = {
			move: "Drag to move or turn, wheel to zoom; Shift and drag adds with the lasso, Alt and drag takes away",
			lasso: "Draw around points",
			box: "Draw a rectangle around points",
			new: "What you draw replaces the selection",
			add: "What you draw is added; also Shift",
			subtract: "What you draw is taken away; also Alt"
		}, t = (t, n) => {
			let r = Object.entries(t).map(([t, r]) => [t, w(r, () => n(t), e[t])]), i = C("span", "vmap-group");
			return i.append(...r.map(([, e]) => e)), [i, Object.fromEntries(r)];
		}, n, r;
		[n, this.toolButtons] = t(eo, (e) => this.tool(e)), [r, this.howButtons] = t(to, (e) => this.how(e));
		let i = w("Select all", () => this.choose(this.all()), "All points that are shown"), a = w("Clear", () => this.choose(this.none()), "Nothing selected; also Escape"), o = w("Whole map", () => this.plot?.reset(), "Back to the first view");
		this.count = C("span", "vmap-count"), this.count.setAttribute("role", "status"), this.tools.append(n, r, i, a, o, this.count), this.stage = C("div", "vmap-stage"), this.stage.setAttribute("role", "img"), this.names = C("div", "vmap-names"), this.said = C("div", "vmap-said", "Fetching the points…"), this.card = C("div", "vmap-card"), this.card.hidden = !0, this.loop = new Ea(this.stage, {
			wants: (e) => this.wants(e),
			done: (e, t) => this.around(e, t),
			clicked: (e, t) => this.click(e, t)
		}), this.stage.append(this.names, this.loop.sheet, this.said, this.card), this.legend = C("div", "vmap-legend"), this.save = C("div", "vmap-save"), this.root.replaceChildren(this.tools, this.stage, this.legend, this.save), this.watch = new ResizeObserver(() => this.resize()), this.watch.observe(this.stage), this.keys = (e) => {
			e.key === "Escape" && this.escape();
		}, window.addEventListener("keyup", this.keys);
	}
	update({ data: e, setStateValue: t, setTriggerValue: n }) {
		Object.assign(this, {
			setStateValue: t,
			setTriggerValue: n
		}), this.stage.style.setProperty("--height", e.height + "px"), this.stage.setAttribute("aria-label", e.label);
		let r = this.data;
		this.data = e, r && JSON.stringify(r) === JSON.stringify(e) || (this.turn = (this.turn || 0) + 1, this.load(r, this.turn).catch((e) => this.say("The map could not be drawn: " + e.message)));
	}
	async load(e, t) {
		if (!this.start()) return;
		let { data: n } = this, r = n.dims === 3 ? _(n.points) : g(n.points), [i, a] = await Promise.all([r, v(n.colour.url)]), o = n.filter ? await y(n.filter.url, i.n) : null, s = !this.points || e?.points !== n.points, c = n.chosen && (s || n.chosen.turn !== this.latest && !this.told.has(n.chosen.turn)), l = c && n.chosen.url ? await y(n.chosen.url, i.n) : null;
		if (t !== this.turn || !this.plot) return;
		let u = s || !oo(a, this.codes) || String(e.colour.colours) !== String(n.colour.colours);
		Object.assign(this, {
			points: i,
			codes: a,
			fit: o
		}), (s || !this.flags) && (this.flags = this.none()), (s || e.colour.title !== n.colour.title) && this.hidden.clear(), u && await this.draw(s), c && this.take(l || this.none(), n.chosen.turn), this.say(""), this.drawLegend(), (u || String(e.colour.names) !== String(n.colour.names)) && this.placeNames(this.centres()), this.filter(!c && e?.filter?.url !== n.filter?.url), this.tellCount(), this.drawSave(), this.stage.dataset.drawn = String(i.n);
	}
	start() {
		if (this.plot && this.dims === this.data.dims) return !0;
		this.plot?.destroy(), Object.assign(this, {
			plot: null,
			points: null,
			dims: this.data.dims
		}), this.canvas?.remove(), this.canvas = document.createElement("canvas"), this.stage.prepend(this.canvas);
		let e = {
			open: (e) => this.open(e),
			hover: (e) => this.over(e),
			moved: () => this.moved()
		};
		try {
			let t = this.dims === 3 ? Ka : ya;
			this.plot = new t(this.canvas, this.stage.getBoundingClientRect(), e);
		} catch {
			return this.say("This browser draws no WebGL, which the map needs. Switch hardware or software rendering on, or use another browser."), !1;
		}
		return !0;
	}
	async draw(e) {
		let { points: t, codes: n, data: r, plot: i } = this, a = E(getComputedStyle(this.root).color), o = E(getComputedStyle(this.stage).backgroundColor);
		await i.draw(t, n, {
			colours: r.colour.colours,
			text: a,
			background: o,
			isNew: e
		}), performance.mark("vitrine-map-painted");
	}
	none() {
		return new Uint8Array(this.points?.n || 0);
	}
	all() {
		return this.shown ? Uint8Array.from(this.shown) : this.none().fill(1);
	}
	wants(e) {
		return !this.points || !this.plot ? "" : this.mode === "move" ? e.shiftKey || e.altKey ? "lasso" : "" : this.mode;
	}
	around(e, t) {
		let { clientWidth: n, clientHeight: r } = this.stage, i = Da(e, this.plot.places(), this.shown, n, r), a = t.altKey ? "subtract" : t.shiftKey || t.ctrlKey ? "add" : this.manner;
		this.choose(f(this.flags, i, a));
	}
	click(e, t) {
		let n = this.plot.pick(e, t);
		n >= 0 && this.open(n);
	}
	escape() {
		this.loop.isDrawing ? this.loop.cancel() : this.stage.matches(":hover") && !document.querySelector("[role=\"dialog\"]") && this.choose(this.none());
	}
	choose(e) {
		this.plot && this.points && (this.mark(e), this.tell());
	}
	mark(e) {
		this.flags = e, this.nChosen = p(e), this.plot.select(e), this.tellCount();
	}
	take(e, t) {
		this.latest = t, this.mark(e);
	}
	tellCount() {
		let { n: e } = this.points, t = this.shown ? p(this.shown) : e, n = t < e ? T(t) + " of " + T(e) + " points shown" : T(e) + " points";
		this.count.textContent = this.nChosen ? T(this.nChosen) + " of " + T(e) + " selected" : n;
	}
	async tell() {
		let e = Math.random().toString(36).slice(2), { run: t, keep: n } = this.data, r = this.nChosen;
		Object.assign(this, { latest: e }), this.told.add(e);
		try {
			let { key: i } = r ? await b(n, this.flags) : { key: "" };
			this.latest === e && this.setStateValue("selected", {
				run: t,
				n: r,
				key: i,
				turn: e
			});
		} catch (e) {
			this.count.textContent = "The selection was not saved: " + e.message;
		}
	}
	open(e) {
		this.setTriggerValue("opened", this.points.ids[e]);
	}
	tool(e) {
		this.mode = e, this.stage.dataset.tool = e;
		for (let [t, n] of Object.entries(this.toolButtons)) n.setAttribute("aria-pressed", String(t === e));
	}
	how(e) {
		this.manner = e;
		for (let [t, n] of Object.entries(this.howButtons)) n.setAttribute("aria-pressed", String(t === e));
	}
	drawLegend() {
		let { hidden: e } = this;
		this.legend.replaceChildren(...Ca(this.data.colour, this.codes, {
			hidden: e,
			toggle: (e) => this.toggle(e)
		}));
	}
	drawSave() {
		let e = (e) => {
			let t = [...this.hidden].join(".");
			Pa(this.data.picture + (t ? "&hide=" + t : ""), e, "map-" + this.data.run).catch((e) => {
				this.count.textContent = e.message;
			});
		}, t = "The whole map as it is coloured and filtered here, with legend and caption";
		this.save.hidden = !this.data.picture, this.save.replaceChildren(C("span", "", "Save the picture:"), w("PNG", () => e("png"), t), w("SVG", () => e("svg"), t));
	}
	toggle(e) {
		this.hidden.delete(e) || this.hidden.add(e), this.filter(!0);
	}
	filter(e) {
		let { fit: t, hidden: n, codes: r } = this, i = this.shown;
		this.shown = null, (t || n.size) && (this.shown = r.map((e, r) => (!t || t[r]) && !n.has(e) ? 1 : 0)), (i || this.shown) && this.plot.show(this.shown);
		let a = new Set(this.shown ? r.filter((e, t) => this.shown[t]) : r);
		for (let e of this.names.children) e.hidden = !a.has(Number(e.dataset.code));
		if (this.moved(), e && this.shown && this.nChosen) {
			let e = this.flags.map((e, t) => e & this.shown[t]);
			if (p(e) !== this.nChosen) return this.choose(e);
		}
		(i || this.shown) && this.mark(this.flags);
	}
	centres() {
		let { points: e, codes: t, data: n } = this;
		return (n.dims === 3 ? ja : Aa)(e, t, n.colour.has_names ? n.colour.names.length : 0);
	}
	placeNames(e) {
		let { names: t } = this.data.colour;
		this.names.replaceChildren(...[...e].map(([e, n]) => {
			let r = C("span", "", t[e]);
			return r.dataset.code = e, r.dataset.point = n, r;
		})), this.moved();
	}
	moved() {
		this.card.hidden = !0;
		let e = this.names.children.length > Ya, t = [];
		for (let n of this.names.children) {
			let r = this.plot.screen(Number(n.dataset.point));
			if (!r) continue;
			n.style.transform = `translate(${r[0]}px, ${r[1]}px) translate(-50%, -50%)`;
			let i = Xa * n.textContent.length, a = !e || n.hidden || !t.some(([e, t, n]) => Math.abs(r[0] - e) < (i + n) / 2 + Qa && Math.abs(r[1] - t) < Za);
			n.style.visibility = a ? "" : "hidden", e && a && !n.hidden && t.push([
				r[0],
				r[1],
				i
			]);
		}
	}
	over(e) {
		clearTimeout(this.waiting), this.hovered = e, this.canvas.style.cursor = e >= 0 ? "pointer" : "", e < 0 || this.loop.isDrawing ? this.card.hidden = !0 : this.waiting = setTimeout(() => this.showCard(e), $a);
	}
	async showCard(e) {
		let t = await S(this.data.facts + this.points.ids[e]);
		if (!t || this.hovered !== e || !this.plot) return;
		let n = document.createElement("img");
		n.alt = "", n.src = t.url, this.card.replaceChildren(n, C("strong", "", t.title), ...t.lines.map((e) => C("span", "", e))), this.card.hidden = !1;
		let [r, i] = this.plot.screen(e), { clientWidth: a, clientHeight: o } = this.stage, s = r + 14 + this.card.offsetWidth > a ? r - 14 - this.card.offsetWidth : r + 14, c = Math.min(Math.max(4, i - 40), o - this.card.offsetHeight - 4);
		this.card.style.transform = `translate(${Math.max(4, s)}px, ${Math.max(4, c)}px)`;
	}
	say(e) {
		this.said.textContent = e, this.said.hidden = !e;
	}
	resize() {
		let { width: e, height: t } = this.stage.getBoundingClientRect();
		this.plot && e && t && (this.plot.resize(e, t), requestAnimationFrame(() => this.plot && this.points && this.moved()));
	}
	destroy() {
		this.watch.disconnect(), window.removeEventListener("keyup", this.keys), clearTimeout(this.waiting), this.turn += 1, this.plot?.destroy(), this.plot = null;
	}
};
function oo(e, t) {
	return e?.length === t?.length && e.every((e, n) => e === t[n]);
}
export { io as destroy, ro as render };
