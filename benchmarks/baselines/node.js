// What node's most used WebSocket library does: everyone hears what one says. Prints the port that it listens on.
const { WebSocketServer, WebSocket } = require("ws");

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false, backlog: 4096 });
server.on("listening", () => console.log(server.address().port));
server.on("connection", (socket) => {
  socket.on("error", () => socket.terminate());
  socket.on("message", (data) => {
    for (const peer of server.clients) {
      if (peer.readyState === WebSocket.OPEN) peer.send(data, { binary: false });
    }
  });
});
