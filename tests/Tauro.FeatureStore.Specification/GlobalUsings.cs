global using Columns = (string Name, System.Array Values)[];
