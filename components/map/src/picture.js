// The map as a file: the server's SVG as it is, or painted by this browser, with its own letters, as a PNG.

const SCALE = 2;

export async function savePicture(url, kind, name) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error("the server answered " + answer.status + " to the picture");
  const svg = await answer.blob();
  save(kind === "svg" ? svg : await painted(svg), name + "." + kind);
}

async function painted(svg) {
  const address = URL.createObjectURL(svg);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const sheet = document.createElement("canvas");
    [sheet.width, sheet.height] = [image.naturalWidth * SCALE, image.naturalHeight * SCALE];
    sheet.getContext("2d").drawImage(image, 0, 0, sheet.width, sheet.height);
    return await new Promise((done) => sheet.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
