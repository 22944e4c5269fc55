// `npm ci && npm run build` writes dist/map.js, which is committed: whoever runs Vitrine needs no Node.
import { defineConfig } from "vite";

export default defineConfig({
  build: {
    lib: { entry: "src/map.js", formats: ["es"], fileName: () => "map.js" },
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
  },
});
